import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { vacuumUs } from '../../../../core/units.ts';
import { constellationOf } from '../../../../netem/sky/orbit/constellation.ts';
import { constellationSchema } from '../../../../netem/sky/orbit/constellation-schema.ts';
import { J2000_UNIX_MS } from '../../../../netem/sky/orbit/earth.ts';
import { fibreDelayUs } from '../../../../netem/sky/path/fibre-delay.ts';
import { greatCircleKm } from '../../../../netem/sky/path/great-circle.ts';
import { laserMesh } from '../../../../netem/sky/path/laser-mesh.ts';
import { laserRouteKm } from '../../../../netem/sky/path/laser-route.ts';
import { ShortestPaths } from '../../../../netem/sky/path/shortest-paths.ts';
import { spaceOf } from '../../../../netem/sky/path/space.ts';

const NEW_YORK = { name: 'new-york', latDeg: 40.7128, lonDeg: -74.006 };
const LONDON = { name: 'london', latDeg: 51.5074, lonDeg: -0.1278 };
const SINGAPORE = { name: 'singapore', latDeg: 1.3521, lonDeg: 103.8198 };

const spaceWith = (constellation: object) =>
  spaceOf({
    constellation: constellationSchema.parse(constellation),
    stepMs: 1000,
    epochUnixMs: J2000_UNIX_MS,
    seed: 1,
  });

describe('on the ground', () => {
  test('New York and London are 5570 km apart: a round trip of 54.6 ms over fibre on the great circle', () => {
    expect(greatCircleKm(NEW_YORK, LONDON)).toBeCloseTo(5570, 0);
    expect((2 * fibreDelayUs(greatCircleKm(NEW_YORK, LONDON), 1)) / 1000).toBeCloseTo(54.6, 1);
  });

  test('opposite points are half the circumference apart', () => {
    expect(greatCircleKm({ latDeg: 10, lonDeg: 20 }, { latDeg: -10, lonDeg: -160 })).toBeCloseTo(
      Math.PI * 6371.0088,
      3,
    );
  });
});

describe('from the equator', () => {
  test('a 550 km shell is used from 550 km overhead (1.835 ms) to 1123.4 km at 25 degrees', () => {
    const { sky } = spaceWith({});
    const site = sky.site({ name: 'quito', latDeg: 0, lonDeg: -78.5 });
    let leastKm = Number.POSITIVE_INFINITY;
    let mostKm = 0;
    for (let second = 0; second < 3000; second += 5) {
      const visible = sky.at(J2000_UNIX_MS + second * 1000).visibleFrom(site);
      for (const km of visible.rangeKm.subarray(0, visible.count)) {
        leastKm = Math.min(leastKm, km);
        mostKm = Math.max(mostKm, km);
      }
    }
    expect(leastKm).toBeGreaterThanOrEqual(550);
    expect(vacuumUs(550)).toBeCloseTo(1834.6, 1);
    expect(leastKm).toBeLessThan(555);
    expect(mostKm).toBeLessThanOrEqual(1123.4);
    expect(mostKm).toBeGreaterThan(1122);
  });
});

describe('over one orbit of Starlink S1 with F = 17', () => {
  const roundTripsMs = (from: typeof LONDON, to: typeof LONDON): number[] => {
    const space = spaceWith({ choice: 'shortest' });
    const routeKm = laserRouteKm(space, space.sky.site(from), space.sky.site(to));
    const rttMs = Array.from({ length: 191 }, (_, index) => {
      const km = routeKm(space.steps.indexAt(index * 30_000));
      return (2 * vacuumUs(km)) / 1000;
    });
    return rttMs.toSorted((a, b) => a - b);
  };

  test.each([
    ['New York-London', NEW_YORK, LONDON, [42.5, 42.8, 43.7, 44.3]],
    ['London-Singapore', LONDON, SINGAPORE, [80.1, 81.5, 83.0, 84.0]],
  ])('%s takes the time that an independent computation found', (_, from, to, [least, median, p95, most]) => {
    const rttMs = roundTripsMs(from, to);
    expect(Math.abs(rttMs[0]! - least!)).toBeLessThan(0.15);
    expect(Math.abs(rttMs[95]! - median!)).toBeLessThan(0.15);
    expect(Math.abs(rttMs[181]! - p95!)).toBeLessThan(0.15);
    expect(Math.abs(rttMs[190]! - most!)).toBeLessThan(0.15);
  });
});

const anyShells = fc.array(
  fc.record({
    altitudeKm: fc.integer({ min: 400, max: 1400 }),
    inclinationDeg: fc.integer({ min: 0, max: 120 }),
    planes: fc.integer({ min: 1, max: 8 }),
    satellitesPerPlane: fc.integer({ min: 1, max: 10 }),
    phasing: fc.integer({ min: 0, max: 7 }),
    raanSpreadDeg: fc.constantFrom(180, 360),
    lasers: fc.boolean(),
  }),
  { minLength: 1, maxLength: 3 },
);

describe('the laser mesh', () => {
  test('links satellites in both directions, and never across shells', () => {
    fc.assert(
      fc.property(anyShells, (shells) => {
        const constellation = constellationOf(constellationSchema.parse({ shells }));
        const { neighbours } = laserMesh(constellation);
        const groupOf = (satellite: number) =>
          constellation.groups.findIndex(({ first, count }) => satellite >= first && satellite < first + count);
        for (const [edge, other] of neighbours.entries()) {
          if (other === -1) continue;
          const satellite = edge >> 2;
          expect(neighbours.subarray(4 * other, 4 * other + 4)).toContain(satellite);
          expect(groupOf(other)).toBe(groupOf(satellite));
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('the seam of a shell', () => {
  const eastwardsKm = (constellation: object, planes: readonly number[]): number => {
    const { sky } = spaceWith(constellation);
    const { laserKm } = sky.at(J2000_UNIX_MS + 12_345_678);
    const edges = planes.flatMap((plane) => Array.from({ length: 22 }, (_, slot) => 4 * (22 * plane + slot) + 2));
    return Math.max(...edges.map((edge) => laserKm[edge]!));
  };

  test('of a delta is like any other place: the last plane is linked to the first, F satellites further', () => {
    const others = eastwardsKm({}, [10, 30, 50]);
    expect(Math.abs(eastwardsKm({}, [71]) / others - 1)).toBeLessThan(0.01);
  });

  test('has no lasers in a polar star, where the outer planes fly in opposite directions', () => {
    const shell = { altitudeKm: 1000, inclinationDeg: 88, planes: 72, satellitesPerPlane: 22, raanSpreadDeg: 180 };
    expect(eastwardsKm({ shells: [shell] }, [71])).toBe(Number.POSITIVE_INFINITY);
    expect(eastwardsKm({ shells: [shell] }, [70])).toBeLessThan(1000);
  });
});

describe('shortest paths', () => {
  test('have the length that an exhaustive search finds, from any seeds and for targets in any order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 30 }).chain((count) =>
          fc.record({
            count: fc.constant(count),
            edges: fc.array(
              fc.tuple(
                fc.nat(count - 1),
                fc.nat(count - 1),
                fc.oneof(fc.double({ min: 1e-3, max: 5000, noNaN: true }), fc.constant(Number.POSITIVE_INFINITY)),
              ),
              { maxLength: 60 },
            ),
            seeds: fc.uniqueArray(fc.tuple(fc.nat(count - 1), fc.double({ min: 0, max: 3000, noNaN: true })), {
              selector: ([satellite]) => satellite,
              minLength: 1,
              maxLength: 4,
            }),
            targets: fc.array(fc.nat(count - 1), { minLength: 1, maxLength: 10 }),
          }),
        ),
        ({ count, edges, seeds, targets }) => {
          const mesh = { neighbours: new Int32Array(4 * count).fill(-1), longestKm: new Float64Array(count) };
          const laserKm = new Float64Array(4 * count).fill(Number.POSITIVE_INFINITY);
          for (const [from, to, km] of edges) {
            const free = mesh.neighbours.subarray(4 * from, 4 * from + 4).indexOf(-1);
            if (free === -1) continue;
            mesh.neighbours[4 * from + free] = to;
            laserKm[4 * from + free] = km;
          }
          const expected = exhaustive(mesh.neighbours, laserKm, seeds, count);
          const paths = new ShortestPaths(mesh, laserKm);
          for (let reuse = 0; reuse < 2; reuse++) {
            paths.restart(reuse);
            for (const [satellite, km] of seeds) paths.seed(satellite, km);
            for (const target of targets) expect(paths.distanceKm(target)).toBeCloseTo(expected[target]!, 6);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

const exhaustive = (
  neighbours: Int32Array,
  laserKm: Float64Array,
  seeds: readonly (readonly [number, number])[],
  count: number,
): number[] => {
  const km = Array.from({ length: count }, () => Number.POSITIVE_INFINITY);
  for (const [satellite, start] of seeds) km[satellite] = start;
  for (let round = 0; round < count; round++) {
    for (const [edge, other] of neighbours.entries()) {
      if (other !== -1) km[other] = Math.min(km[other]!, km[edge >> 2]! + laserKm[edge]!);
    }
  }
  return km;
};
