import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Network } from '../../../../netem/links/network.ts';
import { networkSchema } from '../../../../netem/links/schema.ts';
import { constellationOf } from '../../../../netem/sky/orbit/constellation.ts';
import { constellationSchema } from '../../../../netem/sky/orbit/constellation-schema.ts';
import { groundPoint, J2000_UNIX_MS, WGS84 } from '../../../../netem/sky/orbit/earth.ts';
import { elementsOf } from '../../../../netem/sky/orbit/elements.ts';
import { laserMesh } from '../../../../netem/sky/path/laser-mesh.ts';
import { siteOf } from '../../../../netem/sky/path/site.ts';
import { Snapshot } from '../../../../netem/sky/path/snapshot.ts';

const SHELL = { altitudeKm: 550, inclinationDeg: 53, planes: 6, satellitesPerPlane: 22 };
const snapshotOf = (config: object): Snapshot => {
  const constellation = constellationOf(constellationSchema.parse(config));
  return new Snapshot(constellation, laserMesh(constellation));
};

describe('a shell that is not possible', () => {
  test.each([
    ['below the ground', { altitudeKm: -10 }, 'altitudeKm'],
    ['in the air', { altitudeKm: 80 }, 'altitudeKm'],
    ['beyond low orbits', { altitudeKm: 36_000 }, 'altitudeKm'],
    ['with an altitude of NaN', { altitudeKm: Number.NaN }, 'altitudeKm'],
    ['with an inclination over 180 degrees', { inclinationDeg: 200 }, 'inclinationDeg'],
    ['with an inclination of NaN', { inclinationDeg: Number.NaN }, 'inclinationDeg'],
    ['with no planes', { planes: 0 }, 'planes'],
    ['with half a satellite', { satellitesPerPlane: 0.5 }, 'satellitesPerPlane'],
    ['with a million planes', { planes: 1e6 }, 'planes'],
    ['with an unknown spread of nodes', { raanSpreadDeg: 270 }, 'raanSpreadDeg'],
    ['with a misspelt key', { satelitesPerPlane: 22 }, ''],
  ])('%s is refused, and the key is named', (_, wrong, key) => {
    const { error } = constellationSchema.safeParse({ shells: [{ ...SHELL, ...wrong }] });
    const paths = error!.issues.map((issue) => issue.path.join('.'));
    expect(paths).toContain(key === '' ? 'shells.0' : `shells.0.${key}`);
  });
});

describe('a line of elements', () => {
  const first = '1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927';
  const second = '2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537';
  const summed = (line: string): string => {
    const digits = [...line.slice(0, 68)].map((character) => (character === '-' ? 1 : Number(character) || 0));
    return `${line.slice(0, 68)}${digits.reduce((sum, digit) => sum + digit, 0) % 10}`;
  };

  test.each([
    ['an inclination in words', first, second.replace(' 51.6416', ' north  '), 5],
    ['no mean motion', first, second.replace('15.72125391', '           '), 5],
    ['a mean anomaly in words', first, second.replace('325.0288', 'nowhere '), 5],
    ['a mean motion of zero', first, second.replace('15.72125391', ' 0.00000000'), 5],
  ])('with %s is refused with its line number, although its checksum is right', (_, one, two, line) => {
    const text = `# a file\n\nISS\n${summed(one)}\n${summed(two)}\n`;
    expect(() => elementsOf({ tle: text })).toThrow(new RegExp(`constellation\\.tle line ${line} `));
  });
});

describe('a laser', () => {
  test('never passes lower than 80 km above the ground, in any shell at any time: a lower one is no link', () => {
    let links = 0;
    const anyShell = fc.record({
      altitudeKm: fc.integer({ min: 160, max: 2000 }),
      inclinationDeg: fc.integer({ min: 0, max: 180 }),
      planes: fc.integer({ min: 1, max: 8 }),
      satellitesPerPlane: fc.integer({ min: 1, max: 20 }),
      phasing: fc.integer({ min: 0, max: 9 }),
      raanSpreadDeg: fc.constantFrom(180, 360),
    });
    fc.assert(
      fc.property(anyShell, fc.integer({ min: 0, max: 1e9 }), (shell, ms) => {
        const constellation = constellationOf(constellationSchema.parse({ shells: [shell] }));
        const { neighbours } = laserMesh(constellation);
        const snapshot = new Snapshot(constellation, laserMesh(constellation));
        snapshot.moveTo(J2000_UNIX_MS + ms);
        for (const [edge, km] of snapshot.laserKm.entries()) {
          if (km === Number.POSITIVE_INFINITY) continue;
          const [a, b] = [edge >> 2, neighbours[edge]!].map((index) => snapshot.positionsKm.subarray(3 * index));
          const middleKm = Math.hypot(a![0]! + b![0]!, a![1]! + b![1]!, a![2]! + b![2]!) / 2;
          expect(middleKm - WGS84.equatorKm).toBeGreaterThanOrEqual(80 - 1e-6);
          links++;
        }
      }),
      { numRuns: 100 },
    );
    expect(links).toBeGreaterThan(1000);
  });

  test('does not exist in a shell that is too sparse: a path over the horizon is down, with a finite delay', () => {
    const snapshot = snapshotOf({ shells: [{ ...SHELL, satellitesPerPlane: 7 }] });
    snapshot.moveTo(J2000_UNIX_MS);
    for (let edge = 0; edge < snapshot.laserKm.length; edge += 4) {
      expect(snapshot.laserKm[edge]).toBe(Number.POSITIVE_INFINITY); // along its plane, through the ground
    }
    const sparse = networkSchema.parse({ constellation: { shells: [{ ...SHELL, planes: 3, satellitesPerPlane: 7 }] } });
    const outage = new Network({ config: sparse, epochUnixMs: J2000_UNIX_MS, seed: 1 }).path({
      from: { name: 'equator', latDeg: 0, lonDeg: 0, terminal: true },
      to: { name: 'far side', latDeg: 0, lonDeg: 170, terminal: true },
      medium: 'laser',
    }).forward;
    for (let atMs = 0; atMs < 600_000; atMs += 30_000) {
      expect(outage.stateAt(atMs).up).toBe(false);
      expect(Number.isFinite(outage.stateAt(atMs).delayUs)).toBe(true);
    }
  });
});

describe('where no satellite is seen', () => {
  test('a site has no satellite, and no path from it reaches anything', () => {
    const snapshot = snapshotOf({});
    const pole = siteOf(WGS84, { name: 'pole', latDeg: 90, lonDeg: 0 }, 0);
    snapshot.moveTo(J2000_UNIX_MS);
    expect(snapshot.visibleFrom(pole).count).toBe(0);
    expect(snapshot.visibleFrom(pole).indexOf(7)).toBe(-1);
    expect(snapshot.pathsFromSite(pole).distanceKm(7)).toBe(Number.POSITIVE_INFINITY);
    expect(snapshot.pathsFromSite(pole).pathTo(7)).toEqual([]);
  });
});

describe('NaN', () => {
  test('is refused as a coordinate', () => {
    for (const [latDeg, lonDeg] of [
      [Number.NaN, 0],
      [0, Number.NaN],
      [91, 0],
      [0, Number.POSITIVE_INFINITY],
    ] as const) {
      expect(() => groundPoint(WGS84, latDeg, lonDeg)).toThrow(/is not a place on the ground/);
    }
  });

  test('is refused as an instant', () => {
    expect(() => snapshotOf({}).moveTo(Number.NaN)).toThrow('the sky cannot be moved to NaN');
  });
});
