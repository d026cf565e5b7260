import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Event } from '../../core/event/event.ts';
import { exponential } from '../../core/random/distributions.ts';
import { RunTally } from '../../report/run-tally.ts';
import { runEvent } from '../report/logged-run.ts';
import { type LoadedQueue, loadQueue, shortSchedule } from './loaded-queue.ts';

/** The element of `sorted` at rank p (n - 1), between two by a straight line, as the report has percentiles. */
const quantileOf = (sorted: readonly number[], p: number): number => {
  const at = p * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  return below + (at - Math.floor(at)) * ((sorted[Math.ceil(at)] ?? below) - below);
};

test('the percentiles of several processes together are those of the raw log, however their logs are divided', () => {
  const loads = fc.record({
    seed: fc.nat(1e6),
    ratePerS: fc.constantFrom(5, 20, 60),
    processes: fc.constantFrom(1, 2, 3),
    logs: fc.integer({ min: 1, max: 4 }),
  });
  fc.assert(
    fc.property(loads, ({ seed, ratePerS, processes, logs }) => {
      const of: LoadedQueue = {
        ...{ arrivals: 'poisson', ratePerS, durationMs: 10_000, servers: 2, seed },
        serviceMs: (rng) => () => exponential(rng(`service/${seed}`), 40),
      };
      const run = runEvent({ host: 'simulate', requests: shortSchedule(of).length, durationMs: 10_000, warmUpMs: 0 });
      const tallies = Array.from({ length: logs }, () => new RunTally(run));
      const whole: Event[] = [];
      const shares = Array.from(
        { length: processes },
        (_, index) =>
          ({ id }: { readonly id: number }): boolean =>
            id % processes === index,
      );
      loadQueue(of, (event) => void whole.push(event), shares);
      for (const [index, event] of whole.entries()) tallies[index % logs]!.add(event);
      const [merged, ...others] = tallies as [RunTally, ...RunTally[]];
      for (const other of others) merged.merge(other);

      const intended = new Map(
        whole.flatMap((event) => (event.kind === 'sent' ? [[event.request, event.intendedAtMs]] : [])),
      );
      const raw = whole
        .flatMap((event) => (event.kind === 'first-token' ? [event.atMs - intended.get(event.request)!] : []))
        .sort((a, b) => a - b);
      const { ttftMs, requests, generator } = merged.figures();
      expect(requests).toBe(run.requests);
      expect(generator?.processes).toBe(processes);
      for (const [key, p] of [
        ['p50', 0.5],
        ['p90', 0.9],
        ['p99', 0.99],
      ] as const) {
        expect(Math.abs(ttftMs[key]! - quantileOf(raw, p))).toBeLessThan(0.01);
      }
      expect(ttftMs.max!).toBeCloseTo(raw.at(-1)!, 2);
    }),
    { numRuns: 20 },
  );
});
