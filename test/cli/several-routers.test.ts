import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readEvents } from '../../core/event/io/event-reader.ts';
import type { Summary } from '../../report/summary-schema.ts';
import { StarlaneProcess, starlane } from './starlane-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const summaryIn = (out: string) => (JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Summary).runs[0]!;

test('a local run with two routers serves what the simulated one does, each client by its own router, one of which restarts alone', {
  timeout: 240_000,
}, async () => {
  const file = join(folder, 'two-routers.yaml');
  const text = readFileSync('test/scenarios/two-routers.yaml', 'utf8').replace('durationS: 3', 'durationS: 10');
  writeFileSync(
    file,
    `${text}\nfaults:\n  token: a-token-of-this-test\n  timeline:\n    - { atS: 1, router: america, kind: restart }\n`,
  );
  const [live, simulated] = [join(folder, 'live'), join(folder, 'simulated')];
  const command = new StarlaneProcess('run', file, '--out', live, '--policy', 'round-robin');
  const [{ err }] = await Promise.all([
    command.ended,
    starlane('simulate', file, '--policy', 'round-robin', '--out', simulated),
  ]);
  expect(err).toBe('');
  const { figures, notes } = summaryIn(live);
  const expected = summaryIn(simulated).figures;
  const requestsIn = (shares: typeof figures.by.router) =>
    Object.fromEntries(Object.entries(shares!).map(([name, { requests }]) => [name, requests]));
  expect(requestsIn(figures.by.router)).toEqual(requestsIn(expected.by.router));
  expect(requestsIn(figures.by.region)).toEqual(requestsIn(expected.by.region));
  // On a busy machine the run may be over before the router is back.
  expect(notes.join('\n')).toMatch(/fault restart of router america from 1\.\d\d/);
  const europe = new Set(['london', 'lagos']);
  const clientOf = new Map<number, string>();
  for (const event of readEvents(join(live, 'events.jsonl'))) {
    if (event.kind === 'sent') clientOf.set(event.request, event.client);
    if (event.kind === 'finished' && event.outcome === 'failed')
      expect(europe.has(clientOf.get(event.request)!), `request ${event.request}: ${event.reason}`).toBe(false);
    if (event.kind !== 'routed') continue;
    expect(event.router).toBe(europe.has(clientOf.get(event.request)!) ? 'europe' : 'america');
    expect(event.endpoint.startsWith(`${event.router}/`)).toBe(true);
  }
  expect(command.processes()).toEqual([]);
});
