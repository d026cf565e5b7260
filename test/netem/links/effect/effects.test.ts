import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withBoundaryEvent } from '../../../../netem/links/effect/boundary.ts';
import { withCongestion } from '../../../../netem/links/effect/congestion.ts';
import { withLoad, withUsualLoad } from '../../../../netem/links/effect/load.ts';
import { withOutages } from '../../../../netem/links/effect/outages.ts';
import { withAccessOverhead } from '../../../../netem/links/effect/overhead.ts';
import { withRain } from '../../../../netem/links/effect/rain.ts';
import { withBurstLoss, withLoss } from '../../../../netem/links/effect/with-loss.ts';
import { withRate } from '../../../../netem/links/effect/with-rate.ts';
import { fibreLink } from '../../../../netem/links/model/fibre-link.ts';
import { inSeries } from '../../../../netem/links/model/in-series.ts';
import type { Effect, LinkModel } from '../../../../netem/links/model/link-model.ts';
import { recordedLink, timeline } from '../../../../netem/links/model/timeline.ts';
import { slotGrid } from '../../../../netem/sky/path/time-grid.ts';

const slots = slotGrid(Date.UTC(2026, 0, 1, 0, 0, 6)); // slots start at 6 s, 21 s, ...
const cable = fibreLink(1000, { stretch: 1, equipmentUs: 0, jitterUs: 0, lossRate: 0, rateKbps: 0 });
const overhead = { floorUs: 3500, heldMedianUs: 2000, heldSigma: 1.2, heldMostUs: 30_000, jitterUs: 5000 };
const fullLoad = { share: 1, windows: [], queueUs: 50_000, queueSkew: 0.6, jitterUs: 8000, lossRate: 0.014 };

const anyWindow = fc
  .tuple(fc.integer({ min: -10_000, max: 60_000 }), fc.integer({ min: 1, max: 20_000 }))
  .map(([fromMs, lengthMs]) => ({ fromMs, toMs: fromMs + lengthMs }));
const anyEffect: fc.Arbitrary<Effect> = fc.oneof(
  fc.array(anyWindow, { maxLength: 4 }).map(withOutages),
  fc
    .array(
      anyWindow.map((window) => ({ ...window, queueUs: 4000, jitterUs: 500, lossRate: 0.1 })),
      { maxLength: 4 },
    )
    .map(withCongestion),
  fc
    .record({
      durationMs: fc.integer({ min: 0, max: 2500 }),
      leadMs: fc.integer({ min: 0, max: 2500 }),
      spread: fc.double({ min: 0, max: 0.9, noNaN: true }),
    })
    .map((event) => withBoundaryEvent(slots, event, 'test')),
  fc.integer({ min: 0, max: 3 }).map((stream) => withAccessOverhead(slots, overhead, `test/${stream}`)),
  fc
    .array(
      anyWindow.map((window) => ({ ...window, lossRate: 0.2, rateFactor: 0.5 })),
      { maxLength: 4 },
    )
    .map(withRain),
  fc.constantFrom(
    withLoss(0.1),
    withRate(500),
    withRate(400, { limit: 50, unit: 'ms', drop: 'front' }),
    withBurstLoss({ p: 0.1, r: 0.5, lossInBad: 1, lossInGood: 0 }),
  ),
  fc
    .record({ share: fc.double({ min: 0, max: 1, noNaN: true }), windows: fc.array(anyWindow, { maxLength: 3 }) })
    .map(({ share, windows }) =>
      withLoad({ ...fullLoad, share, windows: windows.map((window) => ({ ...window, share: 1 - share })) }, 'test'),
    ),
);
const anyLink: fc.Arbitrary<LinkModel> = fc
  .array(anyEffect, { maxLength: 4 })
  .map((effects) => effects.reduce((link, effect) => effect(link), cable));

/** The instants at which `link` says that it may change, from `fromMs` to `toMs`. */
const changesOf = (link: LinkModel, fromMs: number, toMs: number): number[] => {
  const atMs: number[] = [];
  for (let next = link.nextChangeAfter(fromMs); next !== null && next < toMs; next = link.nextChangeAfter(next)) {
    expect(next).toBeGreaterThan(atMs.at(-1) ?? fromMs);
    atMs.push(next);
  }
  return atMs;
};

describe('any effects on a link', () => {
  test('its state is constant from one change to the next', () => {
    fc.assert(
      fc.property(anyLink, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3 }), (link, shares) => {
        const edges = [0, ...changesOf(link, 0, 60_000), 60_000];
        for (let index = 0; index + 1 < edges.length; index++) {
          const [fromMs, toMs] = [edges[index]!, edges[index + 1]!];
          const state = link.stateAt(fromMs);
          for (const share of shares) {
            const atMs = fromMs + share * (toMs - fromMs);
            if (atMs < toMs) expect(link.stateAt(atMs)).toEqual(state);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test('a recording of it answers as it does, in any order of questions, within its stretch and outside', () => {
    fc.assert(
      fc.property(
        anyLink,
        fc.array(fc.integer({ min: -5000, max: 70_000 }), { minLength: 5, maxLength: 40 }),
        (link, asked) => {
          const recorded = recordedLink(link, 0, 50_000);
          for (const atMs of asked) {
            expect(recorded.stateAt(atMs)).toEqual(link.stateAt(atMs));
            const next = recorded.nextChangeAfter(atMs);
            const before = [...changesOf(link, atMs, next ?? 90_000)];
            for (const skippedMs of before) expect(link.stateAt(skippedMs)).toEqual(link.stateAt(atMs));
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  test('its timeline starts with its state and holds only true changes', () => {
    fc.assert(
      fc.property(anyLink, (link) => {
        const changes = [...timeline(link, 100, 50_000)];
        expect(changes[0]).toEqual({ atMs: 100, state: link.stateAt(100) });
        for (const [index, change] of changes.entries()) {
          expect(link.stateAt(change.atMs)).toEqual(change.state);
          if (index > 0) expect(change.state).not.toEqual(changes[index - 1]!.state);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('a recording', () => {
  test('knows of a change at its very end', () => {
    const link = withOutages([{ fromMs: 100, toMs: 200 }])(cable);
    expect(recordedLink(link, 0, 100).nextChangeAfter(50)).toBe(100);
    expect(recordedLink(link, 0, 200).nextChangeAfter(150)).toBe(200);
    expect(recordedLink(link, 0, 300).nextChangeAfter(250)).toBe(null);
  });

  test('computes each state once', () => {
    let computed = 0;
    const counting: LinkModel = {
      stateAt: (atMs) => {
        computed++;
        return withOutages([{ fromMs: 100, toMs: 200 }])(cable).stateAt(atMs);
      },
      nextChangeAfter: (afterMs) => [100, 200].find((edgeMs) => edgeMs > afterMs) ?? null,
    };
    const recorded = recordedLink(counting, 0, 1000);
    for (let atMs = 0; atMs < 1000; atMs++) recorded.stateAt(atMs);
    expect(computed).toBe(3);
  });
});

describe('an outage', () => {
  test('takes the link down from its begin until just before its end', () => {
    const link = withOutages([{ fromMs: 100, toMs: 200 }])(cable);
    expect([99.9, 100, 199.9, 200].map((atMs) => link.stateAt(atMs).up)).toEqual([true, false, false, true]);
    expect([0, 100, 200].map((atMs) => link.nextChangeAfter(atMs))).toEqual([100, 200, null]);
  });
});

describe('a boundary event', () => {
  const downtimes = (spread: number) => {
    const link = withBoundaryEvent(slots, { durationMs: 150, leadMs: 175, spread }, 'test')(cable);
    const changes = [...timeline(link, 0, 15_000 * 200)].slice(1);
    const from = changes.filter(({ state }) => !state.up).map(({ atMs }) => atMs);
    const to = changes.filter(({ state }) => state.up).map(({ atMs }) => atMs);
    return from.map((fromMs, index) => ({ leadMs: 6000 + 15_000 * index - fromMs, durationMs: to[index]! - fromMs }));
  };

  test('happens once a slot, 175 ms before it for 150 ms', () => {
    const events = downtimes(0);
    expect(events).toHaveLength(200);
    for (const event of events) expect(event).toEqual({ leadMs: 175, durationMs: 150 });
  });

  test('varies as far as configured', () => {
    const durations = downtimes(0.2).map((event) => event.durationMs);
    expect(Math.min(...durations)).toBeGreaterThanOrEqual(120);
    expect(Math.max(...durations)).toBeLessThanOrEqual(180);
    expect(Math.max(...durations) - Math.min(...durations)).toBeGreaterThan(50);
  });
});

describe('access overhead', () => {
  test('is at least its floor even at the low end of jitter, and holds for a slot', () => {
    const link = withAccessOverhead(slots, overhead, 'test')(cable);
    const addedUs = Array.from({ length: 500 }, (_, slot) => {
      const state = link.stateAt(6000 + 15_000 * slot);
      expect(link.stateAt(6000 + 15_000 * slot + 14_999)).toEqual(state);
      return state.delayUs - state.jitterUs - cable.stateAt(0).delayUs;
    });
    expect(Math.min(...addedUs)).toBeGreaterThanOrEqual(3500);
    expect(Math.max(...addedUs)).toBeLessThanOrEqual(33_500);
    expect(new Set(addedUs).size).toBeGreaterThan(400);
  });
});

describe('loss, rate and links in a row', () => {
  test('combine as chances, as the slower, and as a sum', () => {
    const row = inSeries(withRate(500)(withLoss(0.1)(cable)), withLoss(0.2)(withRate(300)(cable)));
    const state = row.stateAt(0);
    expect(state.lossRate).toBeCloseTo(0.28, 12);
    expect(state.rateKbps).toBe(300);
    expect(state.delayUs).toBe(2 * cable.stateAt(0).delayUs);
    expect(withRate(0)(withRate(700)(cable)).stateAt(0).rateKbps).toBe(700);
  });

  test('are down together', () => {
    const row = inSeries(cable, withOutages([{ fromMs: 10, toMs: 20 }])(cable));
    expect([row.stateAt(9).up, row.stateAt(10).up, row.nextChangeAfter(10)]).toEqual([true, false, 20]);
  });
});

describe('congestion', () => {
  test('only adds: the least delay is that of the link and the queue', () => {
    const link = withCongestion([{ fromMs: 0, toMs: 10, queueUs: 4000, jitterUs: 500, lossRate: 0.01 }])(cable);
    const { delayUs, jitterUs, lossRate } = link.stateAt(5);
    expect(delayUs - jitterUs).toBeCloseTo(cable.stateAt(5).delayUs + 4000, 9);
    expect(lossRate).toBe(0.01);
    expect(link.stateAt(10)).toEqual(cable.stateAt(10));
  });
});

describe('rain', () => {
  test('halves the rate and loses more while it lasts, and showers act together', () => {
    const shower = { fromMs: 0, toMs: 10, lossRate: 0.1, rateFactor: 0.5 };
    const link = withRain([shower, { ...shower, fromMs: 5 }])(withRate(800)(cable));
    expect([0, 5, 10].map((atMs) => link.stateAt(atMs).rateKbps)).toEqual([400, 200, 800]);
    expect(link.stateAt(5).lossRate).toBeCloseTo(0.19, 12);
    expect(withRain([shower])(cable).stateAt(0).rateKbps).toBe(0);
  });
});

describe('load', () => {
  test('only adds, and in proportion: half of it waits half as long', () => {
    const least = (share: number, atMs: number) => {
      const { delayUs, jitterUs } = withLoad({ ...fullLoad, share }, 'test')(cable).stateAt(atMs);
      return delayUs - jitterUs - cable.stateAt(0).delayUs;
    };
    for (let atMs = 0; atMs < 100_000; atMs += 500) {
      expect(least(1, atMs)).toBeGreaterThanOrEqual(0);
      expect(least(0.5, atMs)).toBeCloseTo(least(1, atMs) / 2, 6);
    }
  });

  test('has a script on top of the load of the whole run, which no forecast includes', () => {
    const scripted = { ...fullLoad, share: 0.2, windows: [{ fromMs: 1000, toMs: 2000, share: 1 }] };
    const link = withLoad(scripted, 'test')(cable);
    expect([0, 1500, 2000].map((atMs) => link.stateAt(atMs).jitterUs)).toEqual([1600, 8000, 1600]);
    expect(withUsualLoad(scripted)(cable).stateAt(1500).delayUs - cable.stateAt(0).delayUs).toBeCloseTo(11_600, 6);
  });
});
