import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eachCycle } from '../../../core/time/each-cycle.ts';
import { VirtualClock } from '../../../core/time/virtual-clock.ts';

const playedFrom = (fromMs: number, cycleMs: number | null, untilMs: number) => {
  const clock = new VirtualClock();
  clock.runUntil(fromMs);
  const played: [number, number][] = [];
  eachCycle(clock, cycleMs, (baseMs, nowMs) => played.push([baseMs, nowMs]));
  clock.runUntil(untilMs);
  return played;
};

test('what does not repeat is played once, from the start of the run', () => {
  expect(playedFrom(1500, null, 10_000)).toEqual([[0, 1500]]);
});

test('the cycle that is under way is played from now on, and each later one from its start', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 50_000 }), fc.integer({ min: 1000, max: 9000 }), (fromMs, cycleMs) => {
      const [first, ...later] = playedFrom(fromMs, cycleMs, fromMs + 30_000);
      expect(first).toEqual([Math.floor(fromMs / cycleMs) * cycleMs, fromMs]);
      expect(later).toEqual(later.map((_, index) => Array(2).fill(first![0] + (index + 1) * cycleMs)));
      expect(later).toHaveLength(Math.floor((fromMs + 30_000) / cycleMs) - Math.floor(fromMs / cycleMs));
    }),
  );
});
