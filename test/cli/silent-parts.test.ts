import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readEvents } from '../../core/event/io/event-reader.ts';
import type { Summary } from '../../report/summary-schema.ts';
import { StarlaneProcess } from './starlane-process.ts';

const out = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

test('a run in which a node, the router and a relay were paused for a moment is not valid, and names them', {
  timeout: 180_000,
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
  for (const part of ['node', 'router', 'relay']) {
    const pid = command.pidOf(`parts/${part}.ts`);
    process.kill(pid, 'SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 400));
    process.kill(pid, 'SIGCONT');
  }
  expect((await command.ended).code).toBe(1);
  const { valid, runs } = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Summary;
  expect(valid).toBe(false);
  for (const part of [/^node (ashburn|frankfurt)/, /^the router/, /^the relay of the (paths|access links)/])
    expect(runs[0]!.invalidBecause).toContainEqual(
      expect.stringMatching(new RegExp(`${part.source} fell silent for \\d+ ms, at or above 100 ms$`)),
    );
  const events = readEvents(join(out, 'events.jsonl'));
  const nodes = events.filter((event) => event.kind === 'lateness');
  const others = events.filter((event) => event.kind === 'event-loop');
  expect(nodes.map(({ node }) => node).toSorted()).toEqual(['ashburn', 'frankfurt']);
  expect(others.map(({ part }) => part).toSorted()).toEqual([
    'relay of the access links',
    'relay of the paths',
    'router',
  ]);
  for (const told of [
    nodes,
    others.filter(({ part }) => part === 'router'),
    others.filter(({ part }) => part !== 'router'),
  ])
    expect(Math.max(...told.map(({ longestSilenceMs }) => longestSilenceMs))).toBeGreaterThan(350);
});
