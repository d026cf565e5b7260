import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { vacuumUs } from '../../../../core/units.ts';
import { Network } from '../../../../netem/links/network.ts';
import { networkSchema } from '../../../../netem/links/schema.ts';
import { constellationOf } from '../../../../netem/sky/orbit/constellation.ts';
import { constellationSchema } from '../../../../netem/sky/orbit/constellation-schema.ts';
import { groundPoint, siderealRad, WGS84 } from '../../../../netem/sky/orbit/earth.ts';
import { satelliteNumber } from '../../../../netem/sky/orbit/satellite-ref.ts';
import { laserRouteKm } from '../../../../netem/sky/path/laser-route.ts';
import { spaceOf } from '../../../../netem/sky/path/space.ts';

const EPOCH_UNIX_MS = Date.UTC(2026, 0, 1);
const LONDON = { name: 'london', latDeg: 51.5074, lonDeg: -0.1278, terminal: true };

const networkWith = (constellation: object, laser: object = {}): Network =>
  new Network({ config: networkSchema.parse({ constellation, laser }), epochUnixMs: EPOCH_UNIX_MS, seed: 1 });

type At = readonly [number, number, number];

const apartUs = (a: At, b: At): number => vacuumUs(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]));

const satelliteKm = (constellation: object, satellite: number, atMs: number): At => {
  const { propagator } = constellationOf(constellationSchema.parse(constellation));
  const positions = new Float64Array(3 * propagator.count);
  propagator.positionsAt(EPOCH_UNIX_MS + atMs, positions);
  return [positions[3 * satellite]!, positions[3 * satellite + 1]!, positions[3 * satellite + 2]!];
};

const groundKm = (latDeg: number, lonDeg: number, atMs: number): At => {
  const { atKm } = groundPoint(WGS84, latDeg, lonDeg);
  const turned = siderealRad(EPOCH_UNIX_MS + atMs);
  const [cos, sin] = [Math.cos(turned), Math.sin(turned)];
  return [cos * atKm[0] - sin * atKm[1], sin * atKm[0] + cos * atKm[1], atKm[2]];
};

const anyPreset = fc.constantFrom({ preset: 'kuiper-k1' }, { preset: 'kuiper-k1', choice: 'shortest' }, {});
const anyAtMs = fc.integer({ min: 0, max: 86_400_000 });
const anySatellite = fc.nat(1155);

describe('a path to a satellite', () => {
  test('from a terminal is never faster than light in a straight line, at any instant', () => {
    fc.assert(
      fc.property(
        anyPreset,
        anySatellite,
        anyAtMs,
        fc.double({ min: -60, max: 60, noNaN: true }),
        fc.double({ min: -180, max: 180, noNaN: true }),
        (constellation, satellite, atMs, latDeg, lonDeg) => {
          const place = { name: 'a', latDeg, lonDeg, terminal: true };
          const { forward, back } = networkWith(constellation).path({
            from: place,
            to: { name: 'od', satellite },
            medium: 'laser',
          });
          const leastUs = apartUs(groundKm(latDeg, lonDeg, atMs), satelliteKm(constellation, satellite, atMs));
          for (const link of [forward, back]) {
            const { delayUs, jitterUs } = link.stateAt(atMs);
            expect(delayUs - jitterUs).toBeGreaterThanOrEqual(leastUs);
            expect(Number.isFinite(delayUs)).toBe(true);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('from another satellite is never faster either, and loses no packets at slot boundaries', () => {
    fc.assert(
      fc.property(anyPreset, anySatellite, anySatellite, anyAtMs, (constellation, first, last, atMs) => {
        const { forward } = networkWith(constellation).path({
          from: { name: 'a', satellite: first },
          to: { name: 'b', satellite: last },
          medium: 'laser',
        });
        const { up, delayUs, jitterUs } = forward.stateAt(atMs);
        const leastUs = apartUs(satelliteKm(constellation, first, atMs), satelliteKm(constellation, last, atMs));
        expect(delayUs - jitterUs).toBeGreaterThanOrEqual(leastUs);
        expect(up).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('that serves the terminal itself is only the way up, without a laser', () => {
    const space = spaceOf({
      constellation: constellationSchema.parse({ choice: 'held' }),
      stepMs: 1000,
      epochUnixMs: EPOCH_UNIX_MS,
      seed: 1,
    });
    const london = space.sky.site(LONDON);
    const step = space.steps.indexAt(0);
    const visible = space.atStep(step).visibleFrom(london);
    const [satellite, rangeKm] = [visible.satellites[0]!, visible.rangeKm[0]!];
    const next = space.atStep(step + space.steps.stepsPerSlot).visibleFrom(london);
    expect(visible.count + next.count).toBeGreaterThan(2);
    expect(laserRouteKm(space, london, space.sky.siteOnBoard('od', satellite))(step)).toBeCloseTo(rangeKm, 6);
  });

  test('has length 0 to itself, and is one laser to its neighbour in the plane', () => {
    const network = networkWith({}, { overhead: { floorUs: 0 } });
    const delayUs = (first: number, last: number): number =>
      network
        .path({ from: { name: 'a', satellite: first }, to: { name: 'b', satellite: last }, medium: 'laser' })
        .forward.stateAt(6000).delayUs;
    expect(delayUs(73, 73)).toBe(0);
    expect(delayUs(73, 74)).toBeCloseTo(apartUs(satelliteKm({}, 73, 6000), satelliteKm({}, 74, 6000)), 6);
  });

  test('keeps its satellite for a slot; only its length changes within the slot', () => {
    const network = networkWith({});
    const { slots, forward } = network.path({
      from: LONDON,
      to: { name: 'od', satellite: 73 },
      medium: 'laser',
    });
    expect(slots).toEqual({ periodMs: 15_000, offsetMs: -3000 });
    const delays = Array.from({ length: 14 }, (_, second) => forward.stateAt(12_500 + second * 1000).delayUs);
    for (const [index, us] of delays.slice(1).entries()) expect(Math.abs(us - delays[index]!)).toBeLessThan(600);
  });

  test('is refused over fibre, and to a satellite that does not exist', () => {
    const network = networkWith({});
    const to = { name: 'od', satellite: 1584 };
    expect(() => network.path({ from: LONDON, to, medium: 'fibre' })).toThrow(/sites\.od is in orbit/);
    expect(() => network.path({ from: LONDON, to, medium: 'laser' })).toThrow(
      'sites.od.satellite is 1584, but there are 1584 satellites; expected 0 to 1583',
    );
  });
});

describe('a router in orbit', () => {
  test('is reached only from dishes and over lasers, never faster than light', () => {
    const network = networkWith({});
    const to = { name: 'od', satellite: 500 };
    const { forward } = network.access({ client: LONDON, kind: 'starlink', to });
    for (let atMs = 0; atMs < 600_000; atMs += 7777) {
      const { delayUs, jitterUs } = forward.stateAt(atMs);
      const leastUs = apartUs(groundKm(LONDON.latDeg, LONDON.lonDeg, atMs), satelliteKm({}, 500, atMs));
      expect(delayUs - jitterUs).toBeGreaterThanOrEqual(leastUs);
    }
    expect(() => network.access({ client: LONDON, kind: 'fibre', to })).toThrow(/in orbit/);
  });
});

describe('a satellite named by shell, plane and index', () => {
  const gen1 = constellationSchema.parse({ preset: 'starlink-gen1' });

  test('has its number counted over all shells and planes', () => {
    expect(satelliteNumber(gen1, { shell: 0, plane: 3, index: 7 })).toBe(73);
    expect(satelliteNumber(gen1, { shell: 2, plane: 1, index: 4 })).toBe(2 * 1584 + 24);
    expect(satelliteNumber(gen1, { shell: 3, plane: 9, index: 51 })).toBe(4407);
    expect(satelliteNumber(gen1, 4407)).toBe(4407);
  });

  test.each([
    [{ shell: 4, plane: 0, index: 0 }, 'shell', 'is 4, but there are 4 shells; expected 0 to 3'],
    [{ shell: 3, plane: 10, index: 0 }, 'plane', 'is 10, but there are 10 planes; expected 0 to 9'],
    [{ shell: 2, plane: 0, index: 20 }, 'index', 'is 20, but there are 20 satellites in the plane; expected 0 to 19'],
  ])('%j is refused, and the wrong key is named', (ref, key, message) => {
    expect(satelliteNumber(gen1, ref)).toEqual({ key: [key], message });
  });
});
