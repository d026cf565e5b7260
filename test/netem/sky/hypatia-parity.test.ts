import { readFileSync } from 'node:fs';
import { type EcfVec3, eciToEcf, gstime } from 'satellite.js';
import { describe, expect, test } from 'vitest';
import { vacuumUs } from '../../../core/units.ts';
import { constellationSchema } from '../../../netem/sky/orbit/constellation-schema.ts';
import { elementSetOf } from '../../../netem/sky/orbit/element-set.ts';
import { HYPATIA_EPOCH_UNIX_MS, hypatiaPlanes } from '../../../netem/sky/orbit/hypatia-elements.ts';
import { PRESETS } from '../../../netem/sky/orbit/presets.ts';
import { Sgp4Orbits } from '../../../netem/sky/orbit/sgp4-orbits.ts';
import type { Shell } from '../../../netem/sky/orbit/shell.ts';
import { laserRouteKm } from '../../../netem/sky/path/laser-route.ts';
import type { GroundSite } from '../../../netem/sky/path/site.ts';
import type { Snapshot } from '../../../netem/sky/path/snapshot.ts';
import { type Space, spaceOf } from '../../../netem/sky/path/space.ts';

const golden = (name: string): string[][] =>
  readFileSync(new URL(`../../golden/hypatia-kuiper-630/${name}`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','));

const hypatia = (preset: 'kuiper-k1' | 'starlink-s1' | 'telesat-t1'): Space =>
  spaceOf({
    constellation: constellationSchema.parse({ preset, parity: 'hypatia' }),
    stepMs: 100,
    epochUnixMs: HYPATIA_EPOCH_UNIX_MS,
    seed: 1,
  });

const satellitesBetween = (snapshot: Snapshot, from: GroundSite, to: GroundSite): number[] => {
  const paths = snapshot.pathsFromSite(from);
  const { satellites, rangeKm, count } = snapshot.visibleFrom(to);
  const km = Array.from({ length: count }, (_, index) => paths.distanceKm(satellites[index]!) + rangeKm[index]!);
  return paths.pathTo(satellites[km.indexOf(Math.min(...km))]!);
};

describe('in parity mode', () => {
  test('Manila-Dalian over Kuiper K1 has the path and the round trip that Hypatia printed', () => {
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

/** The same sky, computed independently: positions, Earth rotation and ranges by satellite.js, paths by Bellman-Ford. */
const independent = (shell: Shell, meanMotionRevPerDay: number, seconds: number) => {
  const { planes, satellitesPerPlane: slots } = shell;
  const orbits = new Sgp4Orbits(
    hypatiaPlanes(shell, meanMotionRevPerDay)
      .flat()
      .map((orbit) => elementSetOf(orbit)),
  );
  const at = new Float64Array(3 * orbits.count);
  orbits.positionsAt(HYPATIA_EPOCH_UNIX_MS + seconds * 1000, at);
  const turnedRad = gstime(2_451_544.5 + seconds / 86_400);
  const fixed = Array.from({ length: orbits.count }, (_, index) =>
    eciToEcf({ x: at[3 * index]!, y: at[3 * index + 1]!, z: at[3 * index + 2]! }, turnedRad),
  );
  const apartKm = (a: EcfVec3<number>, b: EcfVec3<number>) => Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z);
  const lasers = Array.from({ length: orbits.count }, (_, index) => {
    const [plane, slot] = [Math.floor(index / slots), index % slots];
    const inPlane = plane * slots + ((slot + 1) % slots);
    const beside = ((plane + 1) % planes) * slots + slot;
    return [inPlane, beside].map((other) => ({ a: index, b: other, km: apartKm(fixed[index]!, fixed[other]!) }));
  }).flat();
  const rangesKm = ({ atKm: [x, y, z] }: GroundSite) => fixed.map((satellite) => apartKm(satellite, { x, y, z }));
  const shortestKm = (from: GroundSite, to: GroundSite, capKm: number): number => {
    const km = rangesKm(from).map((range) => (range <= capKm ? range : Number.POSITIVE_INFINITY));
    for (let changed = true; changed; ) {
      changed = false;
      for (const { a, b, km: lengthKm } of lasers) {
        if (km[a]! + lengthKm < km[b]!) km[b] = km[a]! + lengthKm;
        else if (km[b]! + lengthKm < km[a]!) km[a] = km[b]! + lengthKm;
        else continue;
        changed = true;
      }
    }
    return Math.min(
      ...rangesKm(to).map((range, index) => (range <= capKm ? km[index]! + range : Number.POSITIVE_INFINITY)),
    );
  };
  return { lasers, rangesKm, shortestKm };
};

// Numbers that satgenpy enters by hand for its constellations: revolutions a day, longest link to the ground, longest laser.
describe.each([
  ['starlink-s1', PRESETS['starlink-s1'][0], 15.19, 1089.686, 5016.591],
  ['kuiper-k1', PRESETS['kuiper-k1'][0], 14.8, 1260, 5442.958],
  ['telesat-t1', PRESETS['telesat-t1'][0], 13.66, 5845.152, 7197.482],
] as const)('parity over %s', (preset, shell, meanMotionRevPerDay, capKm, longestKm) => {
  const space = hypatia(preset);
  const { constellation } = space.sky;
  const snapshotAt = (seconds: number) => space.sky.at(HYPATIA_EPOCH_UNIX_MS + seconds * 1000);
  const TIMES_S = [0, 46.8, 1425, 2850.3, 5700];

  test('derives the range cap from the cone and the longest laser from the grazing height', () => {
    const [group] = constellation.groups;
    expect(group!.coverage).toEqual({ kind: 'range', km: expect.closeTo(capKm, 2) });
    expect(group!.grid!.longestLaserKm).toBeCloseTo(longestKm, 2);
    expect(group!.grid!.longestLaserKm).toBeCloseTo(
      2 * Math.sqrt((6378.135 + shell.altitudeKm) ** 2 - (6378.135 + 80) ** 2),
      6,
    );
  });

  test('has every laser of the grid up, as Hypatia requires; lasers in a plane have the length of the chord', () => {
    const axisKm = Math.cbrt(398_600.8 / ((meanMotionRevPerDay * 2 * Math.PI) / 86_400) ** 2);
    const chordKm = 2 * axisKm * Math.sin(Math.PI / shell.satellitesPerPlane);
    for (const seconds of TIMES_S) {
      const { laserKm } = snapshotAt(seconds);
      expect(laserKm.every((km) => km <= longestKm)).toBe(true);
      for (let edge = 0; edge < laserKm.length; edge += 4) expect(Math.abs(laserKm[edge]! - chordKm)).toBeLessThan(15);
    }
  });

  const places = [
    { name: 'london', latDeg: 51.5074, lonDeg: -0.1278 },
    { name: 'sydney', latDeg: -33.8688, lonDeg: 151.2093 },
    { name: 'fiji, west of the antimeridian', latDeg: -17, lonDeg: 179.999 },
    { name: 'fiji, east of it', latDeg: -17, lonDeg: -179.999 },
    { name: 'fiji, longitude over 180', latDeg: -17, lonDeg: 180.001 },
    { name: 'north pole', latDeg: 90, lonDeg: 0 },
    { name: 'north pole, other longitude', latDeg: 90, lonDeg: 123 },
    { name: 'south pole', latDeg: -90, lonDeg: 0 },
    { name: 'quito', latDeg: -0.2, lonDeg: -78.5 },
  ];
  const sites = places.map((place) => space.sky.site(place));

  test('finds the same satellites and paths as an independent computation, to ten centimetres', () => {
    for (const seconds of TIMES_S) {
      const other = independent(shell, meanMotionRevPerDay, seconds);
      const snapshot = snapshotAt(seconds);
      for (const site of sites) {
        const seen = snapshot.visibleFrom(site);
        const expected = other.rangesKm(site).flatMap((km, satellite) => (km <= capKm ? [satellite] : []));
        expect([...seen.satellites.subarray(0, seen.count)]).toEqual(expected);
      }
      const [from, ...others] = sites;
      for (const to of others) {
        const paths = snapshot.pathsFromSite(from!);
        const { satellites, rangeKm, count } = snapshot.visibleFrom(to);
        let leastKm = Number.POSITIVE_INFINITY;
        for (let index = 0; index < count; index++) {
          leastKm = Math.min(leastKm, paths.distanceKm(satellites[index]!) + rangeKm[index]!);
        }
        const expectedKm = other.shortestKm(from!, to, capKm);
        if (expectedKm === Number.POSITIVE_INFINITY) expect(leastKm).toBe(expectedKm);
        else expect(Math.abs(leastKm - expectedKm)).toBeLessThan(1e-6 + UT_KM);
      }
    }
  });

  test('does not depend on the longitude at a pole, nor on the side of the antimeridian', () => {
    for (const seconds of TIMES_S) {
      const snapshot = snapshotAt(seconds);
      const [, , west, , around, pole, poleAgain] = sites.map((site) => snapshot.visibleFrom(site));
      expect(poleAgain!.count).toBe(pole!.count);
      expect(around!.count).toBeGreaterThan(0);
      expect(Math.abs(around!.rangeKm[0]! - west!.rangeKm[0]!)).toBeLessThan(0.25);
    }
  });
});

/** A Julian date in one number has an error of 40 microseconds; the ground moves 2 cm in that time. */
const UT_KM = 1e-4;
