import { describe, expect, test } from 'vitest';
import { withRain } from '../../../netem/links/effect/rain.ts';
import { withRate } from '../../../netem/links/effect/with-rate.ts';
import { fibreLink } from '../../../netem/links/model/fibre-link.ts';
import { inSeries } from '../../../netem/links/model/in-series.ts';
import { isSame } from '../../../netem/links/model/timeline.ts';
import { type Medium, Network } from '../../../netem/links/network.ts';
import { pathSchema } from '../../../netem/links/path-schema.ts';
import { networkSchema } from '../../../netem/links/schema.ts';
import type { Place } from '../../../netem/sky/path/place.ts';

const LONDON: Place = { name: 'london', latDeg: 51.5, lonDeg: -0.1, terminal: true };
const MADRID: Place = { name: 'madrid', latDeg: 40.4, lonDeg: -3.7, terminal: true };

const networkOf = (config: object): Network =>
  new Network({ config: networkSchema.parse(config), epochUnixMs: Date.UTC(2026, 0, 1), seed: 1 });
const pathState = (config: object, medium: Medium, own: object = {}) =>
  networkOf(config)
    .path({ from: LONDON, to: MADRID, medium, config: pathSchema.parse(own) })
    .forward.stateAt(5000);
const accessState = (access: object, kind: 'fibre' | 'starlink', direction: 'forward' | 'back' = 'forward') =>
  networkOf({ access }).access({ client: MADRID, kind, pop: 'madrid', to: LONDON })[direction].stateAt(5000);

const BURST = { p: 0.01, r: 0.25, lossInBad: 1, lossInGood: 0 };
const mistakesOf = (config: object): readonly string[] =>
  (networkSchema.safeParse(config).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('loss in bursts', () => {
  const burstLoss = { p: 0.01, r: 0.25 };

  test('can be set wherever loss can: cables, lasers, both kinds of access, one path', () => {
    expect(pathState({ fibre: { burstLoss } }, 'fibre').burst).toEqual(BURST);
    expect(pathState({ laser: { burstLoss } }, 'laser').burst).toEqual(BURST);
    expect(accessState({ fibre: { burstLoss } }, 'fibre').burst).toEqual(BURST);
    expect(accessState({ starlink: { burstLoss } }, 'starlink').burst).toEqual(BURST);
    expect(pathState({}, 'fibre', { fibre: { burstLoss } }).burst).toEqual(BURST);
    expect(pathState({}, 'laser', { laser: { burstLoss } }).burst).toEqual(BURST);
  });

  test('is in no link of a file that does not set it, and one path can turn it off', () => {
    expect(pathState({}, 'laser')).not.toHaveProperty('burst');
    const off = { laser: { burstLoss: { p: 0, r: 1 } } };
    expect(pathState({ laser: { burstLoss } }, 'laser', off).burst).toMatchObject({ p: 0, lossInGood: 0 });
  });

  test('stays under rain, with the loss of the rain beside it', () => {
    const link = fibreLink(1000, { stretch: 1, equipmentUs: 0, jitterUs: 0, lossRate: 0, rateKbps: 800, burst: BURST });
    const state = withRain([{ fromMs: 0, toMs: 10, lossRate: 0.1, rateFactor: 0.5 }])(link).stateAt(0);
    expect(state).toMatchObject({ burst: BURST, lossRate: 0.1, rateKbps: 400 });
  });

  test('that differs is another state', () => {
    const [one, other] = [BURST, { ...BURST, r: 0.5 }].map((burst) =>
      pathState({ fibre: { burstLoss: burst } }, 'fibre'),
    );
    expect(isSame(one!, other!)).toBe(false);
    expect(isSame(one!, { ...one!, burst: { ...BURST } })).toBe(true);
    expect(isSame(one!, pathState({}, 'fibre'))).toBe(false);
  });

  test('that makes no sense is refused, with its key', () => {
    expect(mistakesOf({ laser: { burstLoss: { p: 2, r: 0.5 } } })[0]).toMatch(/^laser\.burstLoss\.p: /);
    expect(mistakesOf({ fibre: { burstLoss: { p: 0.1, r: 0 } } })[0]).toMatch(/^fibre\.burstLoss\.r: /);
    expect(mistakesOf({ access: { starlink: { burstLoss: { p: 0.1 } } } })[0]).toMatch(/burstLoss\.r: /);
  });
});

describe('a queue with a bound', () => {
  const front = { limitMs: 150, drop: 'front' };
  const bound = { limit: 150, unit: 'ms', drop: 'front' };

  test('can be set before every rate, and is that of the rate that counts', () => {
    expect(accessState({ fibre: { queue: { limitBytes: 9000 } } }, 'fibre').queue).toEqual({
      limit: 9000,
      unit: 'bytes',
      drop: 'tail',
    });
    expect(accessState({ starlink: { queue: front } }, 'starlink', 'back').queue).toEqual(bound);
    expect(pathState({ fibre: { queue: front } }, 'fibre').queue).toEqual(bound);
    expect(pathState({}, 'laser', { laser: { queue: front } }).queue).toEqual(bound);
    expect(pathState({}, 'fibre')).not.toHaveProperty('queue');
  });

  test('of the slower of two rates in a row remains, and no other', () => {
    const link = (rateKbps: number, limit?: number) =>
      withRate(
        rateKbps,
        limit === undefined ? undefined : { limit, unit: 'ms', drop: 'tail' },
      )(fibreLink(1, { stretch: 1, equipmentUs: 0, jitterUs: 0, lossRate: 0, rateKbps: 0 }));
    const queueOf = (...[first, second]: ReturnType<typeof link>[]) =>
      inSeries(first!, second!).stateAt(0).queue?.limit;
    expect(queueOf(link(100, 1), link(200, 2))).toBe(1);
    expect(queueOf(link(200, 1), link(100, 2))).toBe(2);
    expect(queueOf(link(200, 1), link(100))).toBe(undefined);
    expect(queueOf(link(0, 1), link(100, 2))).toBe(2);
    expect(withRate(100)(link(200, 1)).stateAt(0)).not.toHaveProperty('queue');
  });

  test('has one limit, in milliseconds or in bytes', () => {
    const wrong = 'access.fibre.queue: expected one of limitMs and limitBytes';
    expect(mistakesOf({ access: { fibre: { queue: {} } } })).toEqual([wrong]);
    expect(mistakesOf({ access: { fibre: { queue: { limitMs: 1, limitBytes: 1 } } } })).toEqual([wrong]);
    expect(mistakesOf({ access: { fibre: { queue: { limitMs: 1, drop: 'middle' } } } })[0]).toMatch(/queue\.drop: /);
  });
});
