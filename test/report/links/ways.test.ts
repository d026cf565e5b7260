import { describe, expect, test } from 'vitest';
import { constellationSchema } from '../../../netem/sky/orbit/constellation-schema.ts';
import { gatewaysOf, popNamed } from '../../../netem/sky/path/access-points.ts';
import { accessRouteUs } from '../../../netem/sky/path/access-route.ts';
import { greatCircleKm } from '../../../netem/sky/path/great-circle.ts';
import { laserRouteKm } from '../../../netem/sky/path/laser-route.ts';
import { spaceOf } from '../../../netem/sky/path/space.ts';
import { accessWay } from '../../../report/links/access-way.ts';
import { bentPipeWay } from '../../../report/links/bent-pipe-way.ts';
import { laserWay } from '../../../report/links/laser-way.ts';
import { type SkyWatch, skyWatch } from '../../../report/links/sky-watch.ts';

const EPOCH_UNIX_MS = Date.UTC(2026, 0, 1);
const LONDON = { name: 'london', latDeg: 51.51, lonDeg: -0.13 };
const NEW_YORK = { name: 'new-york', latDeg: 40.71, lonDeg: -74.01 };
const ROME = { name: 'rome', latDeg: 41.89, lonDeg: 12.51 };
const PARIS = { name: 'paris', latDeg: 48.85, lonDeg: 2.35 };

const watchOf = (config: object): SkyWatch =>
  skyWatch({ constellation: constellationSchema.parse(config), epochUnixMs: EPOCH_UNIX_MS });

describe.each(['held', 'shortest'] as const)('with the %s choice', (choice) => {
  const watch = watchOf({ choice });
  const [from, to] = [watch.sky.site(LONDON), watch.sky.site(NEW_YORK)];

  test('a laser route has exactly the length that runs use, which is the sum over its satellites', () => {
    const space = spaceOf({
      constellation: constellationSchema.parse({ choice }),
      stepMs: 1000,
      epochUnixMs: EPOCH_UNIX_MS,
      seed: 1,
    });
    const routeKm = laserRouteKm(space, space.sky.site(LONDON), space.sky.site(NEW_YORK));
    const wayAt = laserWay(watch, from, to);
    for (let atMs = 0; atMs < 120_000; atMs += 3000) {
      const { km, satellites } = wayAt(atMs);
      expect(km).toBe(routeKm(space.steps.indexAt(atMs)));
      expect(lengthKm(watch, atMs, satellites)).toBeCloseTo(km, 6);
    }
  });

  test('a bent pipe is one satellite that both ends see', () => {
    const wayAt = bentPipeWay(watch, from, watch.sky.site(PARIS));
    const far = bentPipeWay(watch, from, to);
    for (let atMs = 0; atMs < 60_000; atMs += 5000) {
      const { km, satellites } = wayAt(atMs);
      expect(satellites).toHaveLength(1);
      const legs = [LONDON, PARIS].map((place) => upKm(watch, atMs, place, satellites[0]!));
      expect(legs[0]! + legs[1]!).toBeCloseTo(km, 6);
      expect(far(atMs)).toEqual({ km: Number.POSITIVE_INFINITY, satellites: [] });
    }
  });
});

test.each(['held', 'shortest'] as const)('a way to a PoP takes exactly the time that runs use (%s)', (choice) => {
  const space = spaceOf({
    constellation: constellationSchema.parse({ choice }),
    stepMs: 1000,
    epochUnixMs: EPOCH_UNIX_MS,
    seed: 5,
  });
  const pop = popNamed('new-york');
  const gateways = gatewaysOf(pop, { reachKm: 1500, most: 6 }).map((gateway) => ({
    site: space.sky.site(gateway),
    fibreUs: 40 * greatCircleKm(gateway, pop),
  }));
  const user = space.sky.site({ name: 'st-johns', latDeg: 47.56, lonDeg: -52.71 });
  const routeUs = accessRouteUs(space, user, gateways);
  const watch = { ...watchOf({ choice }), at: (atMs: number) => space.atStep(space.steps.indexAt(atMs)) };
  const wayAt = accessWay(watch, space.serving, user, gateways);
  for (let atMs = 0; atMs < 300_000; atMs += 3000) {
    const { oneWayUs, way } = wayAt(atMs);
    expect(oneWayUs).toBe(routeUs(space.steps.indexAt(atMs)));
    expect(way.satellites.length).toBeGreaterThan(0);
  }
});

test('a held bent pipe keeps its satellite for a slot, and is never shorter than the shortest', () => {
  const [held, shortest] = (['held', 'shortest'] as const).map((choice) => {
    const watch = watchOf({ choice });
    return bentPipeWay(watch, watch.sky.site(LONDON), watch.sky.site(ROME));
  });
  for (let slotMs = 12_000; slotMs < 600_000; slotMs += 15_000) {
    const given = held!(slotMs).satellites;
    for (let atMs = slotMs; atMs < slotMs + 15_000; atMs += 1000) {
      expect(held!(atMs).satellites).toEqual(given);
      expect(held!(atMs).km).toBeGreaterThanOrEqual(shortest!(atMs).km);
    }
  }
});

const upKm = (watch: SkyWatch, atMs: number, place: typeof LONDON, satellite: number): number => {
  const visible = watch.at(atMs).visibleFrom(watch.sky.site(place));
  return visible.rangeKm[visible.indexOf(satellite)]!;
};

const lengthKm = (watch: SkyWatch, atMs: number, satellites: readonly number[]): number => {
  const { positionsKm } = watch.at(atMs);
  const between = satellites.slice(1).map((satellite, index) => {
    const before = satellites[index]!;
    return Math.hypot(...[0, 1, 2].map((axis) => positionsKm[3 * satellite + axis]! - positionsKm[3 * before + axis]!));
  });
  const ends = upKm(watch, atMs, LONDON, satellites[0]!) + upKm(watch, atMs, NEW_YORK, satellites.at(-1)!);
  return between.reduce((sum, km) => sum + km, ends);
};
