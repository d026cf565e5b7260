import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TimedQueue } from '../../../core/time/timed-queue.ts';
import { MergedRuns } from '../../../hosts/simulate/merged-runs.ts';

/** A burst from one of the sources, each of which is this much later than now, or something taken out. */
const step = fc.oneof(
  fc.record({
    afterMs: fc.constantFrom(0, 1, 5, 5, 20, 80, 2000, Number.POSITIVE_INFINITY),
    apartMs: fc.constantFrom(0, 0.5),
    count: fc.integer({ min: 1, max: 40 }),
  }),
  fc.record({ takes: fc.integer({ min: 1, max: 60 }) }),
);

test('things come in the order of a queue by instants, whatever is added and taken', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const [runs, queue] = [new MergedRuns<number>(), new TimedQueue<number>()];
      let nowMs = 0;
      let added = 0;
      const take = (): void => {
        expect([runs.nextAtMs, runs.first]).toEqual([queue.nextAtMs, queue.first]);
        nowMs = queue.nextAtMs;
        expect(runs.take()).toBe(queue.take());
      };
      for (const each of steps) {
        if ('takes' in each) for (let left = Math.min(each.takes, queue.size); left > 0; left--) take();
        else {
          for (let index = 0; index < each.count; index++) {
            const atMs = (Number.isFinite(nowMs) ? nowMs : 0) + each.afterMs + index * each.apartMs;
            for (const things of [runs, queue]) things.add(atMs, added);
            added++;
          }
        }
      }
      while (queue.size > 0) take();
      expect(runs.first).toBeUndefined();
      expect(runs.nextAtMs).toBe(Number.POSITIVE_INFINITY);
    }),
    { numRuns: 100 },
  );
});
