import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readEvents } from '../../core/event/io/event-reader.ts';
import type { Summary } from '../../report/summary-schema.ts';
import { StarlaneProcess } from './starlane-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a local run plays a timeline: a node that crashes and a router that restarts come back, and nothing is missing of the log', {
  timeout: 180_000,
}, async () => {
  const file = join(folder, 'chaos.yaml');
  const timeline = [
    '{ atS: 1, node: ashburn, kind: crash }',
    '{ atS: 2, router: true, kind: restart }',
    '{ atS: 3, forS: 0.5, path: frankfurt/fibre, kind: down }',
  ];
  const faults = `faults:\n  token: a-token-of-this-test\n  timeline:\n${timeline.map((each) => `    - ${each}\n`).join('')}`;
  const long = readFileSync('test/scenarios/pair.yaml', 'utf8').replace('durationS: 3', 'durationS: 15');
  writeFileSync(file, `${long}\n${faults}`);
  const command = new StarlaneProcess('run', file, '--out', join(folder, 'out'), '--policy', 'round-robin');
  const { err } = await command.ended;
  expect(err).toBe('');
  const { runs } = JSON.parse(readFileSync(join(folder, 'out', 'summary.json'), 'utf8')) as Summary;
  const { notes, invalidBecause, figures } = runs[0]!;
  expect(notes.join('\n')).toMatch(/fault crash of node ashburn from [1-4]\.\d\d to \d+\.\d\d s/);
  expect(notes.join('\n')).toMatch(/fault restart of the router from [2-5]\.\d\d to \d+\.\d\d s/);
  expect(notes.join('\n')).toMatch(/fault down of path frankfurt\/fibre from 3\.\d\d to 3\.\d\d s/);
  // Whatever else a busy machine makes invalid.
  expect(invalidBecause.join('\n')).not.toMatch(/ended before|started anew|began to log|logged nothing|stopped/);
  const events = [...readEvents(join(folder, 'out', 'events.jsonl'))];
  const back = events.find((event) => event.kind === 'injected' && event.fault === 'crash' && event.state === 'ended')!;
  const after = events.filter(
    (event) => event.kind === 'received' && event.node === 'ashburn' && event.atMs > back.atMs,
  );
  expect(after.length).toBeGreaterThan(0);
  expect(figures.answered + figures.failed + figures.refused + figures.open + figures.cancelled).toBe(figures.requests);
  expect(command.processes()).toEqual([]);
});
