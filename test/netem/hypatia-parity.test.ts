import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { vacuumUs } from '../../core/units.ts';
import { constellationSchema } from '../../netem/orbit/constellation-schema.ts';
import { HYPATIA_EPOCH_UNIX_MS } from '../../netem/orbit/hypatia-elements.ts';
import { laserRouteKm } from '../../netem/path/laser-route.ts';
import type { Site } from '../../netem/path/site.ts';
import type { Snapshot } from '../../netem/path/snapshot.ts';
import { type Space, spaceOf } from '../../netem/path/space.ts';

const golden = (name: string): string[][] =>
  readFileSync(new URL(`../golden/hypatia-kuiper-630/${name}`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','));

const hypatia = (preset: 'kuiper-k1' | 'starlink-s1'): Space =>
  spaceOf({
    constellation: constellationSchema.parse({ preset, parity: 'hypatia' }),
    stepMs: 100,
    epochUnixMs: HYPATIA_EPOCH_UNIX_MS,
    seed: 1,
  });

const satellitesBetween = (snapshot: Snapshot, from: Site, to: Site): number[] => {
  const paths = snapshot.pathsFromSite(from);
  const { satellites, rangeKm, count } = snapshot.visibleFrom(to);
  const km = Array.from({ length: count }, (_, index) => paths.distanceKm(satellites[index]!) + rangeKm[index]!);
  return paths.pathTo(satellites[km.indexOf(Math.min(...km))]!);
};

describe('in parity mode', () => {
  test('Manila-Dalian over Kuiper K1 is the path and the round trip that Hypatia printed', () => {
    const space = hypatia('kuiper-k1');
    const manila = space.sky.site({ name: 'manila', latDeg: 14.6042, lonDeg: 120.9822 });
    const dalian = space.sky.site({ name: 'dalian', latDeg: 38.913811, lonDeg: 121.602322 });
    const routeKm = laserRouteKm(space, manila, dalian);
    const paths = golden('networkx_path_1173_to_1241.txt').toReversed();
    const errorsUs: number[] = [];
    for (const [ns, rttNs] of golden('networkx_rtt_1173_to_1241.txt')) {
      const step = space.steps.indexAt(Number(ns) / 1e6);
      const path = `1173-${satellitesBetween(space.atStep(step), manila, dalian).join('-')}-1241`;
      if (path !== paths.find(([fromNs]) => Number(fromNs) <= Number(ns))![1]) continue;
      errorsUs.push(Math.abs(2 * vacuumUs(routeKm(step)) - Number(rttNs) / 1e3));
    }
    expect(errorsUs.length).toBeGreaterThanOrEqual(1998);
    expect(errorsUs.toSorted((a, b) => a - b)[Math.floor(errorsUs.length * 0.99)]!).toBeLessThan(0.5);
  });

  test('Paris-Luanda over Starlink S1 falls from 117.257 to 85.535 ms, as Hypatia published', () => {
    const space = hypatia('starlink-s1');
    const paris = space.sky.site({ name: 'paris', latDeg: 48.85341, lonDeg: 2.3488 });
    const luanda = space.sky.site({ name: 'luanda', latDeg: -8.83682, lonDeg: 13.23432 });
    const routeKm = laserRouteKm(space, paris, luanda);
    const rttMsAt = (atMs: number): number => (2 * vacuumUs(routeKm(space.steps.indexAt(atMs)))) / 1000;
    expect(rttMsAt(46_800)).toBeCloseTo(117.257, 3);
    expect(rttMsAt(139_900)).toBeCloseTo(85.535, 3);
  });
});
