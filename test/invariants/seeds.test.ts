import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRng } from '../../core/random/rng.ts';
import { VirtualClock } from '../../core/time/virtual-clock.ts';
import { LinkEmulator } from '../../netem/links/model/link-emulator.ts';
import type { LinkModel, LinkState } from '../../netem/links/model/link-model.ts';
import { timeline } from '../../netem/links/model/timeline.ts';
import { Network } from '../../netem/links/network.ts';
import { networkSchema } from '../../netem/links/schema.ts';
import type { Place } from '../../netem/sky/path/place.ts';
import { EndpointTable } from '../../router/endpoint/endpoint-table.ts';
import { linkForecast } from '../../router/endpoint/forecast.ts';
import { engineOf } from '../../scenario/engine-of.ts';
import { nodePlansOf } from '../../scenario/node-plan.ts';
import { parseScenario } from '../../scenario/scenario.ts';
import { loadSchema } from '../../workload/load-schema.ts';
import { makeSchedule } from '../../workload/make-schedule.ts';
import { parseTrace } from '../../workload/trace/read-trace.ts';

const steady = (over: Partial<LinkState>): LinkModel => ({
  stateAt: () => ({ up: true, delayUs: 50_000, jitterUs: 0, lossRate: 0, rateKbps: 0, ...over }),
  nextChangeAfter: () => null,
});

/** When messages that leave each 50 ms arrive. */
const arrivals = (link: LinkModel, seed: number, name = 'a/laser/forward', count = 200): readonly number[] => {
  const clock = new VirtualClock();
  const emulator = new LinkEmulator({ name, link, clock, rng: seededRng(seed) });
  const atMs: number[] = [];
  for (let sent = 0; sent < count; sent++) clock.at(sent * 50, () => emulator.send(100, (dueMs) => atMs.push(dueMs)));
  clock.runUntil(1e6);
  return atMs;
};

const LONDON: Place = { name: 'london', latDeg: 51.5, lonDeg: -0.1, terminal: true };
const LAGOS: Place = { name: 'lagos', latDeg: 6.5, lonDeg: 3.4, terminal: true };
const EPOCH_UNIX_MS = Date.parse('2026-01-01T00:00:00Z');

const networkOf = (config: object, seed: number): Network =>
  new Network({ config: networkSchema.parse(config), epochUnixMs: EPOCH_UNIX_MS, seed });

const states = (link: LinkModel): readonly unknown[] => [...timeline(link, 0, 120_000)];

/** A dish with only one of its layers. */
const dish = (layer: object): object => {
  const overhead = { floorUs: 0, heldMedianUs: 0, jitterUs: 0 };
  return { access: { starlink: { overhead, boundary: { durationMs: 0 }, load: { share: 0 }, ...layer } } };
};
const accessTo = (network: Network) => network.access({ client: LAGOS, kind: 'starlink', pop: 'lagos', to: LONDON });
const laserBetween = (network: Network) => network.path({ from: LONDON, to: LAGOS, medium: 'laser' });
const bareLaser = {
  overhead: { floorUs: 0, heldMedianUs: 0, jitterUs: 0 },
  boundary: { durationMs: 0 },
};

const TRACE = parseTrace(
  `TIMESTAMP,ContextTokens,GeneratedTokens\n${Array.from({ length: 50 }, (_, row) => `2023-11-16 18:15:${String(row).padStart(2, '0')},${row + 10},${row + 1}`).join('\n')}\n`,
  'x.csv',
);

const scheduleOf = (seed: number) =>
  makeSchedule({
    load: loadSchema.parse({ ratePerS: 5, arrivals: 'poisson' }),
    trace: TRACE,
    durationMs: 30_000,
    clients: ['a', 'b', 'c'].map((name) => ({ name, share: 1 })),
    rng: seededRng(seed),
  });

const PAIR = readFileSync('test/scenarios/pair.yaml', 'utf8');

/** When an engine gives the tokens of one request. */
const tokenTimes = (seed: number): readonly number[] => {
  const scenario = parseScenario(PAIR, 'pair.yaml', { seed });
  const clock = new VirtualClock();
  const engine = engineOf(scenario, nodePlansOf(scenario)[0]!, clock, () => {});
  const atMs: number[] = [];
  engine.submit(
    { id: 0, promptTokens: 100, outputTokens: 50, maxOutputTokens: 50 },
    { onScheduled: () => {}, onTokens: (_, tokenAtMs) => atMs.push(tokenAtMs), onEnd: () => {} },
  );
  clock.runUntil(10_000);
  return atMs;
};

/** What the router believes of a path over twenty slots, where its knowledge has an error. */
const beliefs = (seed: number): readonly number[] => {
  const slots = { periodMs: 15_000, offsetMs: 0 };
  const path = { forward: steady({}), back: steady({}), slots };
  const knowledge = { kind: 'ephemeris', horizonMs: 1e9, errorUs: 5000 } as const;
  const forecast = linkForecast([path], knowledge, seed);
  return Array.from({ length: 20 }, (_, slot) => forecast.rttMsAt(0, slot * 15_000, 0));
};

/** Every stream of chance by itself: all else is switched off. */
const STREAMS: readonly (readonly [name: string, draws: (seed: number) => unknown])[] = [
  ['jitter', (seed) => arrivals(steady({ jitterUs: 20_000 }), seed)],
  ['losses', (seed) => arrivals(steady({ lossRate: 0.3 }), seed)],
  ['losses in bursts', (seed) => arrivals(steady({ burst: { p: 0.2, r: 0.5, lossInBad: 1, lossInGood: 0 } }), seed)],
  [
    'overhead of a dish',
    (seed) => states(accessTo(networkOf(dish({ overhead: { floorUs: 0, jitterUs: 0 } }), seed)).forward),
  ],
  ['interruptions of a dish', (seed) => states(accessTo(networkOf(dish({ boundary: {} }), seed)).forward)],
  ['load of a dish', (seed) => states(accessTo(networkOf(dish({ load: { share: 1 } }), seed)).back)],
  ['the satellite of a dish', (seed) => states(accessTo(networkOf(dish({}), seed)).forward)],
  [
    'overhead of a terminal',
    (seed) => {
      const laser = { ...bareLaser, overhead: { floorUs: 0, jitterUs: 0 } };
      return states(laserBetween(networkOf({ laser }, seed)).forward);
    },
  ],
  [
    'broken satellites',
    (seed) => {
      const constellation = { failures: { satelliteShare: 0.2 } };
      return states(laserBetween(networkOf({ constellation, laser: bareLaser }, seed)).forward);
    },
  ],
  ['rows of the trace', (seed) => scheduleOf(seed).map(({ promptTokens }) => promptTokens)],
  ['clients of requests', (seed) => scheduleOf(seed).map(({ client }) => client)],
  ['arrivals of requests', (seed) => scheduleOf(seed).map(({ atMs }) => atMs)],
  [
    'phases of a weighted rotation',
    (seed) => [...new EndpointTable([{ name: 'a/fibre', node: 'a', medium: 'fibre' }], { seed }).phase],
  ],
  ['errors of forecasts', beliefs],
  ['steps of an engine', tokenTimes],
];

describe('I11: a seed decides all that is left to chance', () => {
  test.each(STREAMS)('another seed changes the %s, and an equal seed does not', (_, draws) => {
    expect(draws(7)).toEqual(draws(7));
    for (const seed of [8, 70, 2 ** 31 + 7]) expect(draws(seed)).not.toEqual(draws(7));
  });

  test('any two seeds give any link another jitter, and each other link too', () => {
    const anyLink = fc.record({
      jitterUs: fc.integer({ min: 1, max: 50_000 }),
      name: fc.constantFrom('a/fibre/forward', 'a/fibre/back', 'b-1/laser/forward', 'lagos/access/back'),
    });
    fc.assert(
      fc.property(anyLink, fc.nat(), fc.nat(), ({ jitterUs, name }, seed, otherSeed) => {
        const link = steady({ jitterUs });
        const played = arrivals(link, seed, name, 20);
        expect(arrivals(link, seed, name, 20)).toEqual(played);
        if (seed !== otherSeed) expect(arrivals(link, otherSeed, name, 20)).not.toEqual(played);
        expect(arrivals(link, seed, `${name}er`, 20)).not.toEqual(played);
      }),
    );
  });

  test('jitter of two seeds has nothing in common', () => {
    const link = steady({ jitterUs: 20_000 });
    const extraMs = (seed: number) => arrivals(link, seed, 'a', 2000).map((atMs, sent) => atMs - sent * 50 - 50);
    const [one, other] = [extraMs(1), extraMs(2)];
    const product = one.reduce((sum, ms, index) => sum + ms * other[index]!, 0) / 2000;
    const correlation = product / (20 ** 2 / 3); // the variance of a uniform of that half-width
    expect(Math.abs(correlation)).toBeLessThan(0.1); // 4.5 standard errors
  });
});
