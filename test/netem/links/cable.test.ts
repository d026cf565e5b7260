import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cable } from '../../../netem/links/cable.ts';
import { linkEffects } from '../../../netem/links/effect/registry.ts';
import { type FibreConfig, fibreSchema } from '../../../netem/links/fibre-schema.ts';
import { timeline } from '../../../netem/links/model/timeline.ts';
import { fibreDelayUs } from '../../../netem/sky/path/fibre-delay.ts';
import { greatCircleKm } from '../../../netem/sky/path/great-circle.ts';
import { slotGrid } from '../../../netem/sky/path/time-grid.ts';

const EPOCH_UNIX_MS = Date.UTC(2026, 0, 1, 0, 0, 6);
const HOUR_MS = 3_600_000;

const fibreOf = (config: object = {}): FibreConfig =>
  fibreSchema({ equipmentUs: 0, jitterUs: 0, rateKbps: 0 }).parse(config);
/** Two places on the equator that far apart. */
const ENDS = [
  { latDeg: 0, lonDeg: 0 },
  { latDeg: 0, lonDeg: 45 },
] as const;
const LENGTH_KM = greatCircleKm(...ENDS);
const linksOf = (config: object, epochUnixMs = EPOCH_UNIX_MS) => {
  const place = { direction: 'up', stream: 'test', epochUnixMs, slots: slotGrid(epochUnixMs) } as const;
  return cable({ ends: ENDS, fibre: fibreOf(config), effects: linkEffects.cable, place });
};
const bareUs = fibreDelayUs(LENGTH_KM, 1.4);

test('a cable takes as much longer as its routers take together', () => {
  const { actual } = linksOf({ hops: 12, hopUs: 30, equipmentUs: 100 });
  expect(actual.stateAt(0).delayUs).toBeCloseTo(bareUs + 460, 9);
  expect(actual.nextChangeAfter(0)).toBe(null);
});

describe('daily congestion', () => {
  const daily = { kind: 'daily', peakHourUtc: 20, queueUs: 6000, jitterUs: 1000, lossRate: 0.02 };
  const { actual, foreseen } = linksOf({ lossRate: 0, congestion: daily });
  const atHourUtc = (hour: number) => actual.stateAt(hour * HOUR_MS - 6000);

  test('is all of it at its hour, half of it six hours off, and nothing twelve hours off', () => {
    expect(atHourUtc(20).delayUs).toBeCloseTo(bareUs + 7000, 6);
    expect(atHourUtc(20).lossRate).toBeCloseTo(0.02, 12);
    expect(atHourUtc(14).jitterUs).toBeCloseTo(500, 6);
    expect(atHourUtc(26).delayUs).toBeCloseTo(bareUs + 3500, 6);
    expect(atHourUtc(8)).toEqual({ ...fibreState(), delayUs: bareUs });
  });

  test('is the same each day, and foreseen', () => {
    expect(atHourUtc(19 + 48)).toEqual(atHourUtc(19));
    for (let hour = 0; hour < 24; hour++) {
      expect(foreseen.stateAt(hour * HOUR_MS)).toEqual(actual.stateAt(hour * HOUR_MS));
    }
  });

  test('changes at each minute UTC and never between', () => {
    const changes = [...timeline(actual, 0, 600_000)].slice(1);
    expect(changes.map(({ atMs }) => atMs)).toEqual(
      Array.from({ length: 10 }, (_, minute) => 54_000 + minute * 60_000),
    );
  });

  const fibreState = () => ({ up: true, jitterUs: 0, lossRate: 0, rateKbps: 0 });
});

describe('scripted congestion', () => {
  test('happens in its windows, and no forecast includes it', () => {
    const windows = [{ fromS: 10, toS: 20, queueUs: 4000, jitterUs: 500, lossRate: 0.1 }];
    const { actual, foreseen } = linksOf({ congestion: { kind: 'windows', windows } });
    const addedUs = [9_999, 10_000, 19_999, 20_000].map((atMs) => actual.stateAt(atMs).delayUs - bareUs);
    expect(addedUs.map(Math.round)).toEqual([0, 4500, 4500, 0]);
    expect(foreseen.nextChangeAfter(0)).toBe(null);
  });
});

describe('a cut', () => {
  const cut = { fromS: 10, toS: 60, convergenceS: 5 };

  test('stops everything until routes agree, and then takes the way around until the repair', () => {
    const { actual, foreseen } = linksOf({ cuts: [{ ...cut, detourStretch: 2.5 }] });
    const changes = [...timeline(actual, 0, 100_000)].map(
      ({ atMs, state }) => [atMs, state.up, state.delayUs] as const,
    );
    expect(changes.map(([atMs, up]) => [atMs, up])).toEqual([
      [0, true],
      [10_000, false],
      [15_000, true],
      [60_000, true],
    ]);
    expect(changes[2]![2]).toBeCloseTo(fibreDelayUs(LENGTH_KM, 2.5), 6);
    expect(changes[3]![2]).toBe(changes[0]![2]);
    expect(foreseen.nextChangeAfter(0)).toBe(null);
  });

  test('lasts until the repair where there is no detour, or when the repair comes before routes agree', () => {
    for (const one of [cut, { fromS: 10, toS: 60, convergenceS: 90, detourStretch: 3 }]) {
      const { actual } = linksOf({ cuts: [one] });
      expect([9_999, 10_000, 59_999, 60_000].map((atMs) => actual.stateAt(atMs).up)).toEqual([
        true,
        false,
        false,
        true,
      ]);
    }
  });

  test('that is planned is in the forecast as it is, and one that is not stays out of it', () => {
    const works = { fromS: 80, toS: 90, convergenceS: 1, detourStretch: 2, planned: true };
    const { actual, foreseen } = linksOf({ cuts: [cut, works] });
    expect([12_000, 80_500].map((atMs) => [actual.stateAt(atMs).up, foreseen.stateAt(atMs).up])).toEqual([
      [false, true],
      [false, false],
    ]);
    expect(foreseen.stateAt(85_000)).toEqual(actual.stateAt(85_000));
    expect(foreseen.nextChangeAfter(0)).toBe(80_000);
  });

  test('never makes a cable shorter', () => {
    const { actual } = linksOf({ stretch: 3, cuts: [{ ...cut, detourStretch: 1 }] });
    expect(actual.stateAt(30_000).delayUs).toBe(actual.stateAt(0).delayUs);
  });
});

const anySeconds = fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 60 }));
const anyWindowWith = (rest: object) =>
  anySeconds.map(([fromS, lengthS]) => ({ fromS, toS: fromS + lengthS, ...rest }));
const anyCongestion = fc.oneof(
  fc.constant({ kind: 'none' }),
  fc
    .double({ min: 0, max: 23.99, noNaN: true })
    .map((peakHourUtc) => ({ kind: 'daily', peakHourUtc, queueUs: 9000, jitterUs: 800, lossRate: 0.5 })),
  fc
    .array(anyWindowWith({ queueUs: 3000, jitterUs: 300, lossRate: 0.4 }), { maxLength: 4 })
    .map((windows) => ({ kind: 'windows', windows })),
);
const anyCuts = fc.array(
  fc.oneof(anyWindowWith({ convergenceS: 7, detourStretch: 4 }), anyWindowWith({ convergenceS: 3 })),
  { maxLength: 4 },
);

test('whatever happens to a cable: its state holds until its next change, and it is never faster than the bare one', () => {
  fc.assert(
    fc.property(
      anyCongestion,
      anyCuts,
      fc.integer({ min: 0, max: 1e12 }),
      fc.array(fc.double({ min: 0, max: 200_000, noNaN: true }), { minLength: 5, maxLength: 30 }),
      (congestion, cuts, epochUnixMs, instants) => {
        const { actual, foreseen } = linksOf({ congestion, cuts }, epochUnixMs);
        for (const link of [actual, foreseen]) {
          let edgeMs = 0;
          for (const atMs of instants.toSorted((a, b) => a - b)) {
            for (let next = link.nextChangeAfter(edgeMs); next !== null && next <= atMs; ) {
              expect(next).toBeGreaterThan(edgeMs);
              edgeMs = next;
              next = link.nextChangeAfter(edgeMs);
            }
            const state = link.stateAt(atMs);
            expect(state).toEqual(link.stateAt(edgeMs));
            expect(state.delayUs - state.jitterUs).toBeGreaterThanOrEqual(bareUs - 1e-6);
            expect(state.lossRate).toBeLessThanOrEqual(1);
          }
        }
      },
    ),
    { numRuns: 150 },
  );
});
