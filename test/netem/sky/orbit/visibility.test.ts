import fc from 'fast-check';
import { expect, test } from 'vitest';
import { constellationOf } from '../../../../netem/sky/orbit/constellation.ts';
import { constellationSchema } from '../../../../netem/sky/orbit/constellation-schema.ts';
import { J2000_UNIX_MS, siderealRad } from '../../../../netem/sky/orbit/earth.ts';
import { siteOf } from '../../../../netem/sky/path/site.ts';
import { VisibleSatellites } from '../../../../netem/sky/path/visible-satellites.ts';

// The radii of the satellites of a list are not known, so there the first, cheap test must not reject any.
const ISS = `1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927
2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537`;

const constellations = [
  { preset: 'starlink-gen1' },
  { preset: 'starlink-gen1', elevationMaskDeg: 0 },
  { preset: 'oneweb', elevationMaskDeg: 5 },
  { preset: 'telesat-t1', elevationMaskDeg: 70 },
  { preset: 'starlink-s1', parity: 'hypatia' },
  { preset: 'telesat-t1', parity: 'hypatia' },
  { tle: Array.from({ length: 3 }, () => ISS).join('\n'), elevationMaskDeg: 1 },
].map((config) => constellationOf(constellationSchema.parse(config)));

test('a site sees exactly the satellites that its rule allows, also near the edge and at the poles', () => {
  const positions = constellations.map(({ propagator }) => new Float64Array(3 * propagator.count));
  const anyLatDeg = fc.oneof(fc.double({ min: -90, max: 90, noNaN: true }), fc.constantFrom(-90, -45, 0, 45, 90));
  let found = 0;
  fc.assert(
    fc.property(
      fc.nat({ max: constellations.length - 1 }),
      anyLatDeg,
      fc.double({ min: -180, max: 180, noNaN: true }),
      fc.integer({ min: 0, max: 9 * 365 * 86_400 }),
      (index, latDeg, lonDeg, seconds) => {
        const { propagator, earth, groups } = constellations[index]!;
        const at = positions[index]!;
        const unixMs = J2000_UNIX_MS + seconds * 1000;
        propagator.positionsAt(unixMs, at);
        const turned = siderealRad(unixMs);
        const site = siteOf(earth, { name: 'any', latDeg, lonDeg }, 0);
        const turn = ([x, y, z]: readonly [number, number, number]) => [
          x * Math.cos(turned) - y * Math.sin(turned),
          x * Math.sin(turned) + y * Math.cos(turned),
          z,
        ];
        const [here, up] = [turn(site.atKm), turn(site.up)];
        const expected = groups.flatMap(({ first, count, coverage }) =>
          Array.from({ length: count }, (_, satellite) => first + satellite).filter((satellite) => {
            const way = [0, 1, 2].map((axis) => at[3 * satellite + axis]! - here[axis]!);
            const rangeKm = Math.hypot(...way);
            const sine = way.reduce((sum, km, axis) => sum + km * up[axis]!, 0) / rangeKm;
            return coverage.kind === 'range' ? rangeKm <= coverage.km : sine >= coverage.sine;
          }),
        );
        const visible = new VisibleSatellites();
        visible.look(site, turned, at, groups);
        expect([...visible.satellites.subarray(0, visible.count)]).toEqual(expected);
        found += expected.length;
      },
    ),
    { numRuns: 150 },
  );
  expect(found).toBeGreaterThan(1000);
});
