import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ascending, quantile } from '../../../../core/stats/quantile.ts';
import { withBoundaryEvent } from '../../../../netem/links/effect/boundary.ts';
import { withBusyHours } from '../../../../netem/links/effect/busy-hours.ts';
import { withCongestion } from '../../../../netem/links/effect/congestion.ts';
import { loadEffect, withLoad } from '../../../../netem/links/effect/load.ts';
import { withObstruction } from '../../../../netem/links/effect/obstruction.ts';
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
const overhead = {
  floorUs: 3500,
  heldMedianUs: 2000,
  heldSigma: 1.2,
  heldMostUs: 30_000,
  persistence: 0,
  uplinkWaitUs: 0,
  variedMedianUs: 0,
  variedSigma: 0.8,
  variedMostUs: 20_000,
  jitterUs: 5000,
};
const fullLoad = {
  share: 1,
  busyShare: 0,
  windows: [],
  queueUs: 50_000,
  queueSkew: 0.6,
  jitterUs: 8000,
  lossRate: 0.014,
};
const day = { epochUnixMs: Date.UTC(2026, 0, 1, 0, 0, 6), lonDeg: 0, peakHour: 20 };
const test0 = { stream: 'test', persistence: 0 };

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
  fc
    .record({
      slotShare: fc.constantFrom(0, 0.1, 0.5, 1),
      durationMs: fc.integer({ min: 1, max: 5000 }),
      spread: fc.double({ min: 0, max: 0.9, noNaN: true }),
      passS: fc.integer({ min: 30, max: 300 }),
      arcChance: fc.constantFrom(0.01, 0.5, 1),
    })
    .map((obstruction) => withObstruction(slots, obstruction, 'test')),
  fc
    .record({
      stream: fc.integer({ min: 0, max: 3 }),
      persistence: fc.constantFrom(0, 0.5, 0.95),
      uplinkWaitUs: fc.constantFrom(0, 15_000),
      variedMedianUs: fc.constantFrom(0, 4000),
    })
    .map(({ stream, ...over }) => withAccessOverhead(slots, { ...overhead, ...over }, `test/${stream}`)),
  fc
    .record({
      queueUs: fc.constantFrom(0, 5000),
      persistence: fc.constantFrom(0, 0.8),
      peakHour: fc.integer({ min: 0, max: 23 }),
    })
    .map(({ peakHour, ...busy }) =>
      withBusyHours(slots, { ...day, peakHour }, { queueSigma: 0.5, lossRate: 0.01, ...busy }, 'test'),
    ),
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
    .record({
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      busyShare: fc.double({ min: 0, max: 1, noNaN: true }),
      windows: fc.array(anyWindow, { maxLength: 3 }),
      persistence: fc.constantFrom(0, 0.7),
    })
    .map(({ share, busyShare, windows, persistence }) => {
      const scripted = windows.map((window) => ({ ...window, share: 1 - share }));
      return withLoad(
        slots,
        day,
        { ...fullLoad, share, busyShare, windows: scripted },
        { stream: 'test', persistence },
      );
    }),
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

  test('has a queue that changes each half second, and turns to send that are evenly spread from 0', () => {
    const varied = withAccessOverhead(
      slots,
      { ...overhead, variedMedianUs: 4000, heldSigma: 0, jitterUs: 0 },
      'test',
    )(cable);
    const ofHalves = (count: number) =>
      Array.from({ length: count }, (_, half) => varied.stateAt(half * 500 + 499).delayUs - varied.stateAt(0).delayUs);
    expect(new Set(ofHalves(28)).size).toBe(28);
    const waiting = withAccessOverhead(
      slots,
      { ...overhead, heldSigma: 0, jitterUs: 0, uplinkWaitUs: 9000 },
      'test',
    )(cable);
    const { delayUs, jitterUs } = waiting.stateAt(0);
    expect(delayUs - jitterUs - cable.stateAt(0).delayUs).toBe(5500);
    expect(2 * jitterUs).toBe(9000);
  });

  test('has the same distribution whatever its persistence, which is the correlation of neighbouring slots', () => {
    for (const persistence of [0, 0.3, 0.6, 0.9]) {
      const link = withAccessOverhead(slots, { ...overhead, heldMostUs: 1e7, persistence }, 'test')(cable);
      const base = cable.stateAt(0).delayUs + 3500 + 5000;
      const logs = Array.from({ length: 6000 }, (_, slot) =>
        Math.log((link.stateAt(6000 + 15_000 * slot).delayUs - base) / 2000),
      );
      expect(Math.abs(meanOf(logs))).toBeLessThan(0.3);
      expect(Math.abs(Math.sqrt(meanOf(logs.map((value) => value * value))) / 1.2 - 1)).toBeLessThan(0.1);
      expect(Math.abs(correlationOf(logs, 1) - persistence)).toBeLessThan(0.06);
      expect(Math.abs(correlationOf(logs, 3) - persistence ** 3)).toBeLessThan(0.1);
    }
  });
});

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Correlation of values with those `later` places on. */
const correlationOf = (values: readonly number[], later: number): number => {
  const middle = meanOf(values);
  const off = values.map((value) => value - middle);
  const variance = meanOf(off.map((value) => value * value));
  return meanOf(off.slice(later).map((value, index) => value * off[index]!)) / variance;
};

describe('busy hours', () => {
  const HOUR_MS = 3_600_000;
  const busy = { queueUs: 10_000, queueSigma: 0.5, persistence: 0.8, lossRate: 0.1 };
  const waitsMs = (lonDeg: number, hourUtc: number) => {
    const link = withBusyHours(
      slots,
      { ...day, epochUnixMs: Date.UTC(2026, 0, 1, 0, 0, 6), lonDeg },
      busy,
      'test',
    )(cable);
    return Array.from(
      { length: 60 },
      (_, slot) => (link.stateAt(hourUtc * HOUR_MS + 15_000 * slot).delayUs - cable.stateAt(0).delayUs) / 1000,
    );
  };

  test('are those of the local clock: worst at the peak hour there, nothing twelve hours from it', () => {
    expect(meanOf(waitsMs(0, 20))).toBeGreaterThan(6);
    expect(meanOf(waitsMs(0, 8))).toBeLessThan(0.2);
    expect(meanOf(waitsMs(-75, 1))).toBeGreaterThan(6); // 20 h at 75 degrees west
    expect(meanOf(waitsMs(-75, 13))).toBeLessThan(0.2);
  });

  test('make neighbouring slots alike', () => {
    const link = withBusyHours(slots, day, busy, 'test')(cable);
    const logs = Array.from({ length: 960 }, (_, slot) => {
      const state = link.stateAt(18 * HOUR_MS + 15_000 * slot);
      return Math.log(state.delayUs - cable.stateAt(0).delayUs);
    });
    expect(correlationOf(logs, 1)).toBeGreaterThan(0.65);
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
      const { delayUs, jitterUs } = withLoad(slots, day, { ...fullLoad, share }, test0)(cable).stateAt(atMs);
      return delayUs - jitterUs - cable.stateAt(0).delayUs;
    };
    for (let atMs = 0; atMs < 100_000; atMs += 500) {
      expect(least(1, atMs)).toBeGreaterThanOrEqual(0);
      expect(least(0.5, atMs)).toBeCloseTo(least(1, atMs) / 2, 6);
    }
  });

  test('has a script on top of the load of the whole run, which no forecast includes', () => {
    const scripted = { ...fullLoad, share: 0.2, windows: [{ fromMs: 1000, toMs: 2000, share: 1 }] };
    const link = withLoad(slots, day, scripted, test0)(cable);
    expect([0, 1500, 2000].map((atMs) => link.stateAt(atMs).jitterUs)).toEqual([1600, 8000, 1600]);
    const place = { direction: 'down', leg: 'downlink', slots, epochUnixMs: 0, lonDeg: 0, stream: 'test' } as const;
    const config = loadEffect
      .schema('clients')
      .parse({ share: 0.2, windows: [{ fromS: 1, toS: 2, share: 1 }], queueUs: 50_000 });
    const { foreseen } = loadEffect.build(config, place);
    expect(foreseen(cable).stateAt(1500).delayUs - cable.stateAt(0).delayUs).toBeCloseTo(11_600, 6);
  });

  test('rises towards the busy share at the peak hour of the local day', () => {
    const jitterAt = (hour: number) =>
      withLoad(slots, day, { ...fullLoad, share: 0.1, busyShare: 0.9 }, test0)(cable).stateAt(hour * 3_600_000)
        .jitterUs;
    expect(jitterAt(20) / 8000).toBeCloseTo(0.9, 3);
    expect(jitterAt(8) / 8000).toBeCloseTo(0.1, 6);
    expect(jitterAt(14) / 8000).toBeCloseTo(0.45, 2);
  });

  test('makes neighbouring slots alike, and keeps the distribution of waits', () => {
    for (const persistence of [0, 0.7]) {
      const link = withLoad(slots, day, fullLoad, { stream: 'test', persistence })(cable);
      const waits = Array.from(
        { length: 30 * 3000 },
        (_, half) => link.stateAt(half * 500).delayUs - cable.stateAt(0).delayUs - 8000,
      );
      const ofSlots = Array.from({ length: 2998 }, (_, slot) => {
        const sorted = ascending(waits.slice(12 + 30 * slot, 42 + 30 * slot)); // slots start 6 s into the run
        return Math.log(quantile(sorted, 0.5));
      });
      const alike = correlationOf(ofSlots, 1);
      if (persistence === 0) expect(Math.abs(alike)).toBeLessThan(0.08);
      else expect(alike).toBeGreaterThan(0.5);
      const sorted = ascending(waits);
      for (const share of [0.1, 0.5, 0.95]) {
        const expected = 50_000 * (-Math.log1p(-share) / Math.LN2) ** 0.6;
        expect(Math.abs(quantile(sorted, share) / expected - 1)).toBeLessThan(0.1);
      }
    }
  });
});
