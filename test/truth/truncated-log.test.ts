import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { Event } from '../../core/event/event.ts';
import { eventLine } from '../../core/event/event-line.ts';
import { summaryOfLog } from '../../report/io/summary-of-log.ts';
import { generatorEvent, runEvent } from '../report/logged-run.ts';
import { type LoadedQueue, loadQueue, shortSchedule } from './loaded-queue.ts';

const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LOAD: LoadedQueue = {
  ...{ arrivals: 'poisson', ratePerS: 20, durationMs: 5000, servers: 2, seed: 3 },
  serviceMs: () => () => 60,
};

const whole = (() => {
  const events: Event[] = [];
  // What a process in virtual time says of its own effort is of the computation.
  loadQueue(LOAD, (event) => void (event.kind !== 'generator' && events.push(event)));
  const requests = shortSchedule(LOAD).length;
  const run = runEvent({ host: 'simulate', requests, durationMs: 5000, warmUpMs: 0 });
  const last = events.pop()!;
  return [run, ...events, generatorEvent({ offered: requests, sent: requests }), last].map(eventLine).join('');
})();

test('a whole log is valid', async () => {
  const path = join(folder, 'whole.jsonl');
  writeFileSync(path, whole);
  const summary = await summaryOfLog(path, { lost: 0 });
  expect(summary).toMatchObject({ valid: true, runs: [{ partial: false }] });
});

test('a log that is cut off anywhere is never taken for a whole one, and keeps what it has', async () => {
  const bytes = Buffer.byteLength(whole);
  const firstLine = whole.indexOf('\n') + 1;
  const path = join(folder, 'cut.jsonl');
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: bytes - 2 }), async (keep) => {
      writeFileSync(path, whole);
      truncateSync(path, keep);
      const summary = await summaryOfLog(path, { lost: 0 });
      if (keep < firstLine - 1) {
        expect(summary).toBe(null); // not even what the run was
        return;
      }
      const [run] = summary!.runs;
      expect([summary!.valid, run!.partial]).toEqual([false, true]);
      expect(summary!.invalidBecause.join('\n')).toContain('the log ends before the run does');
      const lines = readFileSync(path, 'utf8').split('\n');
      const isWhole = lines.pop() === '';
      const firstTokens = lines.filter((line) => line.includes('"first-token"')).length;
      expect(run!.figures.ttftMs.n - run!.figures.ttftMs.censored).toBeGreaterThanOrEqual(firstTokens);
      if (!isWhole) expect(summary!.invalidBecause.length).toBeGreaterThan(1);
    }),
    { numRuns: 60 },
  );
});
