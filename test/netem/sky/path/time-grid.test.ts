import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { slotGrid, stepGrid } from '../../../../netem/sky/path/time-grid.ts';

const anyEpoch = fc.integer({ min: 0, max: 4_000_000_000_000 });
const anyAtMs = fc.double({ min: -1e6, max: 1e8, noNaN: true });

describe('slots', () => {
  test('begin at :12 :27 :42 :57 of every minute UTC', () => {
    const epochUnixMs = Date.UTC(2026, 0, 1, 0, 0, 6);
    const slots = slotGrid(epochUnixMs);
    const seconds = [0, 1, 2, 3, 4].map((index) => {
      const startMs = slots.startMs(slots.indexAt(10_000) + index);
      return new Date(epochUnixMs + startMs).getUTCSeconds();
    });
    expect(seconds).toEqual([12, 27, 42, 57, 12]);
    expect(slots.startMs(slots.indexAt(6000))).toBe(6000);
    expect(slots.indexAt(5999.999999)).toBe(slots.indexAt(6000) - 1);
  });

  test('and their steps contain every instant exactly once', () => {
    fc.assert(
      fc.property(anyEpoch, anyAtMs, fc.integer({ min: 10, max: 15_000 }), (epochUnixMs, atMs, stepMs) => {
        const slots = slotGrid(epochUnixMs);
        const steps = stepGrid(slots, stepMs);
        for (const grid of [slots, steps]) {
          const index = grid.indexAt(atMs);
          expect(grid.startMs(index)).toBeLessThanOrEqual(atMs);
          expect(grid.startMs(index + 1)).toBeGreaterThan(atMs);
        }
        expect(steps.slotOf(steps.indexAt(atMs))).toBe(slots.indexAt(atMs));
        expect(steps.indexAt(slots.startMs(slots.indexAt(atMs)))).toBe(slots.indexAt(atMs) * steps.stepsPerSlot);
      }),
    );
  });
});
