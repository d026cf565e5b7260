import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { vacuumUs } from '../../../../core/units.ts';
import { Network } from '../../../../netem/links/network.ts';
import { networkSchema } from '../../../../netem/links/schema.ts';
import { constellationSchema } from '../../../../netem/sky/orbit/constellation-schema.ts';
import { type AccessPoint, GATEWAYS } from '../../../../netem/sky/path/access-points.ts';
import { greatCircleKm } from '../../../../netem/sky/path/great-circle.ts';
import { bentPipeWay } from '../../../../report/links/bent-pipe-way.ts';
import { laserWay } from '../../../../report/links/laser-way.ts';
import { skyWatch } from '../../../../report/links/sky-watch.ts';

const EPOCH_UNIX_MS = Date.UTC(2026, 0, 1);
const NEW_YORK = { name: 'new-york', latDeg: 40.71, lonDeg: -74.01, terminal: true };
const LOS_ANGELES = { name: 'los-angeles', latDeg: 34.05, lonDeg: -118.24, terminal: true };

const watchOf = (config: object) =>
  skyWatch({ constellation: constellationSchema.parse({ choice: 'shortest', ...config }), epochUnixMs: EPOCH_UNIX_MS });
const physical = watchOf({});
const parity = watchOf({ parity: 'hypatia' });

interface NearGateway {
  readonly gateway: AccessPoint;
  readonly northDeg: number;
  readonly eastDeg: number;
}

const nearGateway: fc.Arbitrary<NearGateway> = fc.record({
  gateway: fc.constantFrom(...GATEWAYS),
  northDeg: fc.double({ min: -4, max: 4, noNaN: true }),
  eastDeg: fc.double({ min: -4, max: 4, noNaN: true }),
});
const anyPair = fc.tuple(nearGateway, nearGateway);
const anyAtMs = fc.integer({ min: 0, max: 86_400_000 });
const placeOf = (name: string, { gateway, northDeg, eastDeg }: NearGateway) => ({
  name: `${name}-${gateway.name}-${northDeg}-${eastDeg}`,
  latDeg: Math.max(-90, Math.min(90, gateway.latDeg + northDeg)),
  lonDeg: gateway.lonDeg + eastDeg,
});

describe.each([
  ['physical', physical],
  ['parity', parity],
])('a route without lasers in %s mode', (_, watch) => {
  test('is never shorter than the great circle, and is the sum over satellites and gateways that see each other', () => {
    let ways = 0;
    fc.assert(
      fc.property(anyPair, anyAtMs, ([a, b], atMs) => {
        const [from, to] = [placeOf('a', a), placeOf('b', b)];
        const [start, end] = [watch.sky.site(from), watch.sky.site(to)];
        const { km, satellites } = bentPipeWay(watch, start, end)(atMs);
        if (km === Number.POSITIVE_INFINITY) {
          expect(satellites).toEqual([]);
          return;
        }
        ways++;
        expect(km).toBeGreaterThanOrEqual(0.994 * greatCircleKm(from, to));
        const snapshot = watch.at(atMs);
        const seenKm = (site: typeof start, satellite: number): number => {
          const visible = snapshot.visibleFrom(site);
          const index = visible.indexOf(satellite);
          return index === -1 ? Number.POSITIVE_INFINITY : visible.rangeKm[index]!;
        };
        const gateways = GATEWAYS.map((gateway) => watch.sky.site({ ...gateway, name: `gateway/${gateway.name}` }));
        let sumKm = seenKm(start, satellites[0]!) + seenKm(end, satellites.at(-1)!);
        for (const [index, next] of satellites.slice(1).entries()) {
          const overKm = gateways.map((site) => seenKm(site, satellites[index]!) + seenKm(site, next));
          sumKm += Math.min(...overKm);
        }
        expect(sumKm).toBeCloseTo(km, 6);
      }),
      { numRuns: 60 },
    );
    expect(ways).toBeGreaterThan(5);
  });

  test('has the same length in both directions', () => {
    fc.assert(
      fc.property(anyPair, anyAtMs, ([a, b], atMs) => {
        const [start, end] = [watch.sky.site(placeOf('a', a)), watch.sky.site(placeOf('b', b))];
        const [there, back] = [bentPipeWay(watch, start, end)(atMs).km, bentPipeWay(watch, end, start)(atMs).km];
        if (there === back) return;
        expect(Math.abs(there - back)).toBeLessThan(1e-6);
      }),
      { numRuns: 30 },
    );
  });
});

test('with lasers a route over a single satellite is never longer, and other routes seldom are', () => {
  let [both, longer] = [0, 0];
  fc.assert(
    fc.property(anyPair, anyAtMs, ([a, b], atMs) => {
      const [start, end] = [physical.sky.site(placeOf('a', a)), physical.sky.site(placeOf('b', b))];
      const pipe = bentPipeWay(physical, start, end)(atMs);
      const laser = laserWay(physical, start, end)(atMs);
      if (pipe.km === Number.POSITIVE_INFINITY || laser.km === Number.POSITIVE_INFINITY) return;
      if (pipe.satellites.length === 1) expect(laser.km).toBeLessThanOrEqual(pipe.km + 1e-6);
      // A satellite has four lasers, but a gateway joins all satellites it sees. So north to south a gateway may be shorter.
      both++;
      if (laser.km > pipe.km + 1e-6) longer++;
    }),
    { numRuns: 200 },
  );
  expect(both).toBeGreaterThan(20);
  expect(longer / both).toBeLessThan(0.3);
});

describe('a scenario without lasers', () => {
  const network = new Network({
    config: networkSchema.parse({ constellation: { lasers: false } }),
    epochUnixMs: EPOCH_UNIX_MS,
    seed: 1,
  });

  test('crosses a continent over gateways, but not an ocean', () => {
    const toLosAngeles = network.path({ from: NEW_YORK, to: LOS_ANGELES, medium: 'laser' }).forward;
    const tokyo = { name: 'tokyo', latDeg: 35.68, lonDeg: 139.69, terminal: true };
    const toTokyo = network.path({ from: NEW_YORK, to: tokyo, medium: 'laser' }).forward;
    for (let atMs = 5000; atMs < 300_000; atMs += 15_000) {
      const { up, delayUs, jitterUs } = toLosAngeles.stateAt(atMs);
      expect(up).toBe(true);
      expect(delayUs - jitterUs).toBeGreaterThan(vacuumUs(0.994 * greatCircleKm(NEW_YORK, LOS_ANGELES)));
      expect(toTokyo.stateAt(atMs).up).toBe(false);
    }
  });

  test('still connects users to their PoP, straight down', () => {
    const { forward } = network.access({ client: NEW_YORK, kind: 'starlink', to: NEW_YORK });
    const states = Array.from({ length: 60 }, (_, index) => forward.stateAt(5000 + index * 15_000).up);
    expect(states.filter((up) => up).length).toBeGreaterThan(55);
  });
});
