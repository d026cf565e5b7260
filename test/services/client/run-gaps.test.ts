import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Event } from '../../../core/event/event.ts';
import { Histogram } from '../../../core/stats/histogram.ts';
import { RunGaps } from '../../../services/client/run-gaps.ts';

type Gaps = Extract<Event, { kind: 'gaps' }>;
const logOf = (gaps: RunGaps): Gaps => gaps.event('clients', 9) as Gaps;

test('an answer has its longest gap, and its stalls with the time that they were above the objective', () => {
  const answer = new RunGaps({ warmUpMs: 0, stallMs: 100 }).of({ atMs: 0 });
  for (const gapMs of [20, 100, 350, 101.5]) answer.add(gapMs);
  expect(answer.logged()).toEqual({ gaps: { n: 4, maxMs: 350, stalls: 2, overMs: 251.5 } });
});

test('an answer of one message has no gap, and says nothing of gaps', () => {
  expect(new RunGaps({ warmUpMs: 0, stallMs: 100 }).of({ atMs: 0 }).logged()).toEqual({});
});

test('requests of the warm-up are left out of the run, not out of their own line', () => {
  const run = new RunGaps({ warmUpMs: 2000, stallMs: 100 });
  const early = run.of({ atMs: 1999 });
  early.add(7);
  run.of({ atMs: 2000 }).add(5);
  expect(early.logged().gaps?.n).toBe(1);
  expect(logOf(run)).toMatchObject({ part: 'clients', atMs: 9, maxUs: 5000 });
  const all = new Histogram();
  all.add(logOf(run).buckets, logOf(run).maxUs);
  expect(all.count).toBe(1);
});

test('what several processes log merges into percentiles of all their gaps within 1 % or 1 us', () => {
  const gapsMs = fc.array(fc.double({ min: 0.05, max: 5000, noNaN: true }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(fc.array(gapsMs, { minLength: 1, maxLength: 4 }), (processes) => {
      const merged = new Histogram();
      for (const gaps of processes) {
        const run = new RunGaps({ warmUpMs: 0, stallMs: 1000 });
        for (const gapMs of gaps) run.of({ atMs: 0 }).add(gapMs);
        merged.add(logOf(run).buckets, logOf(run).maxUs);
      }
      const raw = processes.flat().sort((a, b) => a - b);
      for (const p of [0.5, 0.99, 0.999]) {
        const exactMs = raw[Math.ceil(p * raw.length) - 1]!;
        expect(Math.abs(merged.quantileUs(p) / 1000 - exactMs)).toBeLessThanOrEqual(Math.max(exactMs * 0.01, 0.001));
      }
    }),
  );
});
