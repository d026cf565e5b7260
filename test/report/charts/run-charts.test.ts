import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../../core/event/event.ts';
import { chartsSchema } from '../../../report/charts/charts-schema.ts';
import { runCharts } from '../../../report/charts/run-charts.ts';
import { TAIL } from '../../../report/charts/tail.ts';
import { RunTally } from '../../../report/run-tally.ts';
import { ended, linkEvent, requestEvents, runEvent, silentRequest } from '../logged-run.ts';

const tallyOf = (events: readonly Event[], run = runEvent()): RunTally => {
  const tally = new RunTally(run);
  for (const event of events) tally.add(event);
  return tally;
};
const chartsOf = (...events: readonly Event[]) => runCharts(tallyOf(events));
const at = (charts: ReturnType<typeof runCharts>, share: number) =>
  charts.ttft[TAIL.findIndex((one) => Math.abs(one - share) < 1e-9)];

describe('what charts show', () => {
  test('the tail has the percentiles of the requests after the warm-up, as far as one request lies beyond', () => {
    const charts = chartsOf(
      ...requestEvents(500, 10, { ttftMs: 9999 }),
      ...Array.from({ length: 101 }, (_, id) => requestEvents(id, 1000 + id, { ttftMs: 100 + id })).flat(),
    );
    expect(at(charts, 0)).toBe(100);
    expect(at(charts, 0.9)).toBe(190);
    expect(at(charts, 0.99)).toBe(199);
    expect(at(charts, 0.999)).toBe(null);
  });

  test('requests without a first token rank above all others', () => {
    const answered = Array.from({ length: 50 }, (_, id) => requestEvents(id, 1000 + id, { ttftMs: 50 }));
    const lost = Array.from({ length: 50 }, (_, id) => silentRequest(100 + id, 1000 + id, 'failed'));
    const charts = chartsOf(...answered.flat(), ...lost.flat());
    expect(at(charts, 0)).toBe(50);
    expect(at(charts, 0.9)).toBe(null);
    expect(charts.timeline!.bins[1]).toMatchObject({ n: 100, p50: null, p95: null });
  });

  test('each request is in one bin of time, and each that was routed in one share', () => {
    const charts = chartsOf(
      ...requestEvents(0, 0, { endpoint: 'a/fibre' }),
      ...requestEvents(1, 1500, { endpoint: 'a/laser' }),
      ...requestEvents(2, 1999, { endpoint: 'a/laser' }),
      ...silentRequest(3, 2000),
      ended(),
    );
    const { stepS, endpoints, bins } = charts.timeline!;
    expect([stepS, endpoints, bins.length]).toEqual([1, ['a/fibre', 'a/laser'], 11]);
    expect(bins.slice(0, 3).map(({ n, routed }) => [n, routed])).toEqual([
      [1, [1, 0]],
      [2, [0, 2]],
      [1, [0, 0]],
    ]);
  });

  test('bins lie at the begins of slots where the log says when those are, and each request is in one', () => {
    const epochUnixMs = Date.parse('2026-01-01T00:00:05Z'); // a slot begins 7 s into the run
    const long = runEvent({ epochUnixMs, durationMs: 600_000 });
    const requests = [0, 6999, 7000, 21_999, 22_000, 599_999].flatMap((atMs, id) => requestEvents(id, atMs));
    const { stepS, fromS, slotsFromS, bins } = runCharts(tallyOf(requests, long)).timeline!;
    expect([stepS, fromS, slotsFromS, bins.length]).toEqual([15, -8, 7, 41]);
    expect(bins.flatMap(({ n }, bin) => (n > 0 ? [[bin, n]] : []))).toEqual([
      [0, 2],
      [1, 2],
      [2, 1],
      [40, 1],
    ]);
    const short = runCharts(tallyOf(requests, runEvent({ epochUnixMs: epochUnixMs + 300 }))).timeline!;
    expect(short.stepS).toBe(1);
    expect(short.fromS).toBeCloseTo(-0.3, 9);
    expect(short.slotsFromS).toBeCloseTo(6.7, 9);
  });

  test('a jump of the delay is a hand-over and so is a short gap; a long one is an outage, and a slow change is nothing', () => {
    const link = (atMs: number, delayUs: number, up = true): Event =>
      linkEvent('a/laser/forward', { atMs, delayUs, up });
    const { outages, handOvers } = chartsOf(
      linkEvent('a/laser/back'),
      link(0, 10_000),
      link(1000, 10_400),
      link(2000, 13_400),
      link(3000, 0, false),
      link(3200, 13_500),
      link(5000, 0, false),
      link(7000, 20_000),
      link(10_000, 0, false),
      ended(),
    ).timeline!;
    expect(handOvers).toEqual([
      { path: 'a/laser', atS: 2, jumpMs: 3 },
      { path: 'a/laser', atS: 3.2, jumpMs: 0.1 },
    ]);
    expect(outages).toEqual([
      { path: 'a/laser', fromS: 5, untilS: 7 },
      { path: 'a/laser', fromS: 10, untilS: 11 },
    ]);
  });

  test('do not depend on the order of the log, nor on how it is split over tallies that are merged', () => {
    const events: readonly Event[] = [
      ...Array.from({ length: 40 }, (_, id) =>
        requestEvents(id, id * 250, { ttftMs: 40 + ((id * 37) % 90), endpoint: id % 3 === 0 ? 'a/fibre' : 'b/laser' }),
      ).flat(),
      ...silentRequest(90, 4000, 'failed'),
      ...['forward', 'back'].flatMap((way) =>
        [0, 3000, 6000].map((atMs) => linkEvent(`b/laser/${way}`, { atMs, delayUs: 9000 + atMs })),
      ),
      { kind: 'injected', atMs: 2000, node: 'a', fault: 'slow', state: 'began' },
      ended(),
    ];
    const whole = chartsOf(...events);
    fc.assert(
      fc.property(fc.infiniteStream(fc.boolean()), fc.integer(), (sides, turn) => {
        const side = [...sides.take(events.length)];
        const start = Math.abs(turn) % events.length;
        const turned = [...events.slice(start), ...events.slice(0, start)];
        const [one, other] = [true, false].map((which) => tallyOf(turned.filter((_, index) => side[index] === which)));
        one!.merge(other!);
        expect(runCharts(one!)).toEqual(whole);
      }),
      { numRuns: 30 },
    );
  });

  test('take a bounded size, whatever the number of requests, endpoints, faults, hand-overs and the length of the run', () => {
    const charts = runCharts(
      tallyOf(
        [
          ...Array.from({ length: 3000 }, (_, id) =>
            requestEvents(id, id * 20_000, { ttftMs: 50 + (id % 700), endpoint: `node-${id % 300}/laser` }),
          ).flat(),
          ...['forward', 'back'].flatMap((way) =>
            Array.from({ length: 2000 }, (_, index) =>
              linkEvent(`x/laser/${way}`, { atMs: index * 15_000, delayUs: (index % 2) * 9000 }),
            ),
          ),
          ...Array.from(
            { length: 500 },
            (_, index): Event => ({ kind: 'injected', atMs: index, node: 'n', fault: 'rst', state: 'began' }),
          ),
        ],
        runEvent({ requests: 3000, durationMs: 60_000_000 }),
      ),
    );
    const { bins, endpoints } = charts.timeline!;
    expect(bins.length).toBeLessThanOrEqual(80);
    expect([endpoints.length, endpoints.at(-1)]).toEqual([14, '']);
    expect(bins.reduce((sum, { n }) => sum + n, 0)).toBe(3000);
    expect(bins.flatMap(({ routed }) => routed).reduce((sum, count) => sum + count, 0)).toBe(3000);
    expect(JSON.stringify(charts).length).toBeLessThan(50_000);
    expect(chartsSchema.safeParse({ schema: 1, runs: [charts] }).success).toBe(true);
  });
});
