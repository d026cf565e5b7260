import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readEvents } from '../../core/event/io/event-reader.ts';
import type { Summary } from '../../report/summary-schema.ts';
import { StarlaneProcess } from './starlane-process.ts';

const out = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

test('a run in which a node was paused for a moment is not valid, and names the node', {
  timeout: 60_000,
}, async () => {
  const command = new StarlaneProcess(
    'run',
    'test/scenarios/pair.yaml',
    '--out',
    out,
    '--policy',
    'round-robin',
    '--duration',
    '5s',
  );
  await command.sent(12); // after the warm-up of half a second
  const node = command.pidOf('parts/node.ts');
  process.kill(node, 'SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 400));
  process.kill(node, 'SIGCONT');
  expect((await command.ended).code).toBe(1);
  const { valid, runs } = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Summary;
  expect(valid).toBe(false);
  expect(runs[0]!.invalidBecause.join()).toMatch(/node (ashburn|frankfurt) fell silent for [34]\d\d ms/);
  const told = readEvents(join(out, 'events.jsonl')).filter((event) => event.kind === 'lateness');
  expect(told.map(({ node: name }) => name).toSorted()).toEqual(['ashburn', 'frankfurt']);
  expect(Math.max(...told.map(({ longestSilenceMs }) => longestSilenceMs))).toBeGreaterThan(350);
});
