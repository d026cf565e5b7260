import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LinkModel } from '../../../netem/links/model/link-model.ts';
import { Closings } from '../../../router/endpoint/closings.ts';

/** A link that is closed in these intervals, `[from, to)` in ms, and changes each second besides. */
const linkClosedIn = (intervals: readonly (readonly [number, number])[]): LinkModel => ({
  stateAt: (atMs) => ({
    up: !intervals.some(([from, to]) => atMs >= from && atMs < to),
    ...{ delayUs: 0, jitterUs: 0, lossRate: 0, rateKbps: 0 },
  }),
  nextChangeAfter: (afterMs) => {
    const edges = intervals.flat().filter((edge) => edge > afterMs);
    return Math.min(...edges, (Math.floor(afterMs / 1000) + 1) * 1000);
  },
});

const open = linkClosedIn([]);

test('the next interval that ends after now is told until it ends, also where it has begun', () => {
  const closings = new Closings(
    [{ forward: linkClosedIn([[3200, 3400]]), back: linkClosedIn([[3300, 3500]]) }],
    60_000,
  );
  expect([closings.fromMs(0, 0), closings.toMs(0, 0)]).toEqual([3200, 3500]);
  expect([closings.fromMs(0, 3250), closings.toMs(0, 3250)]).toEqual([3200, 3500]);
  expect([closings.fromMs(0, 3500), closings.toMs(0, 3500)]).toEqual([Infinity, Infinity]);
});

test('the chance of an instant is the share of it and of its two guards that the interval has, none of them before now', () => {
  const closings = new Closings([{ forward: linkClosedIn([[3200, 3400]]), back: open }], 60_000);
  expect(closings.chanceAt(0, 3100, 0, 50)).toBe(0);
  expect(closings.chanceAt(0, 3160, 0, 50)).toBeCloseTo(1 / 3);
  expect(closings.chanceAt(0, 3220, 0, 50)).toBeCloseTo(2 / 3);
  expect(closings.chanceAt(0, 3300, 0, 50)).toBe(1);
  expect(closings.chanceAt(0, 3220, 3220, 50)).toBe(1);
  expect(closings.chanceAt(0, 3420, 3300, 50)).toBeCloseTo(1 / 3);
});

test('what begins beyond the horizon is not known yet', () => {
  const closings = new Closings([{ forward: linkClosedIn([[9000, 9100]]), back: open }], 5000);
  expect(closings.fromMs(0, 3999)).toBe(Infinity);
  expect(closings.fromMs(0, 4000)).toBe(9000);
});

test('answers do not depend on what was asked before, also after the clock was set back', () => {
  const anyIntervals = fc
    .array(fc.tuple(fc.integer({ min: 1, max: 8000 }), fc.integer({ min: 1, max: 900 })), { maxLength: 6 })
    .map((pairs) => {
      let atMs = 0;
      return pairs.map(([gap, length]) => {
        const from = atMs + gap;
        atMs = from + length;
        return [from, atMs] as const;
      });
    });
  fc.assert(
    fc.property(
      anyIntervals,
      fc.array(fc.nat({ max: 40_000 }), { minLength: 1, maxLength: 30 }),
      (intervals, asked) => {
        const paths = [{ forward: linkClosedIn(intervals), back: open }];
        const one = new Closings(paths, 3000);
        for (const nowMs of asked) {
          const next = intervals.find(([, to]) => to > nowMs);
          const known = next !== undefined && next[0] <= nowMs + 3000 ? next : null;
          expect(one.toMs(0, nowMs)).toBe(known === null ? Infinity : known[1]);
          // Where it has begun, any instant up to now says the same.
          expect(Math.max(nowMs, one.fromMs(0, nowMs))).toBe(known === null ? Infinity : Math.max(nowMs, known[0]));
        }
      },
    ),
  );
});
