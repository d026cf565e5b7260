import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CircularOrbits } from '../../../../netem/sky/orbit/circular-orbits.ts';
import { constellationOf } from '../../../../netem/sky/orbit/constellation.ts';
import { constellationSchema } from '../../../../netem/sky/orbit/constellation-schema.ts';
import { groundPoint, J2000_UNIX_MS, siderealRad, WGS84 } from '../../../../netem/sky/orbit/earth.ts';
import { PRESETS } from '../../../../netem/sky/orbit/presets.ts';
import { longestLaserKm } from '../../../../netem/sky/orbit/shell.ts';

const MINUTE_MS = 60_000;
const anyShell = fc.record({
  altitudeKm: fc.double({ min: 300, max: 1500, noNaN: true }),
  inclinationDeg: fc.double({ min: 0, max: 180, noNaN: true }),
  planes: fc.integer({ min: 1, max: 12 }),
  satellitesPerPlane: fc.integer({ min: 1, max: 12 }),
  phasing: fc.integer({ min: 0, max: 11 }),
  raanSpreadDeg: fc.constantFrom(180, 360),
  lasers: fc.boolean(),
});
const anyUnixMs = fc.integer({ min: J2000_UNIX_MS, max: J2000_UNIX_MS + 40 * 365 * 86_400_000 });

describe('a circular orbit', () => {
  test('stays exactly at its altitude above the equatorial radius, at any time', () => {
    fc.assert(
      fc.property(anyShell, anyUnixMs, (shell, unixMs) => {
        const orbits = new CircularOrbits([shell]);
        const at = new Float64Array(3 * orbits.count);
        orbits.positionsAt(unixMs, at);
        for (let index = 0; index < orbits.count; index++) {
          const radiusKm = Math.hypot(at[3 * index]!, at[3 * index + 1]!, at[3 * index + 2]!);
          expect(radiusKm - WGS84.equatorKm).toBeCloseTo(shell.altitudeKm, 6);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('at 550 km takes 95.5 minutes from node to node, and its node drifts 4.5 degrees west a day', () => {
    const orbits = new CircularOrbits([{ ...PRESETS['starlink-s1'][0], planes: 1, satellitesPerPlane: 1 }]);
    const at = new Float64Array(3);
    const northings = (fromMs: number) => {
      for (let ms = fromMs; ; ms += 10) {
        orbits.positionsAt(J2000_UNIX_MS + ms, at);
        const before = at[2]!;
        orbits.positionsAt(J2000_UNIX_MS + ms + 10, at);
        if (before < 0 && at[2]! >= 0) return { ms, nodeDeg: (Math.atan2(at[1]!, at[0]!) * 180) / Math.PI };
      }
    };
    const first = northings(90 * MINUTE_MS);
    expect(first.ms / MINUTE_MS).toBeGreaterThan(95.3);
    expect(first.ms / MINUTE_MS).toBeLessThan(95.7);
    expect(first.nodeDeg * ((24 * 60 * MINUTE_MS) / first.ms)).toBeCloseTo(-4.5, 1);
  });
});

describe('a Walker shell', () => {
  test('puts each plane ahead of the last by F / (number of satellites) of a turn', () => {
    const orbits = new CircularOrbits([{ ...PRESETS['starlink-s1'][0], inclinationDeg: 90 }]);
    const at = new Float64Array(3 * orbits.count);
    orbits.positionsAt(J2000_UNIX_MS, at);
    const first = 22; // the first satellite of plane 1; the first of plane 0 is on the equator
    const risenDeg = (Math.asin(at[3 * first + 2]! / Math.hypot(at[66]!, at[67]!, at[68]!)) * 180) / Math.PI;
    expect(risenDeg).toBeCloseTo((17 * 360) / 1584, 9);
  });
});

describe('presets', () => {
  test('have as many satellites as were filed', () => {
    const count = (preset: keyof typeof PRESETS) =>
      constellationOf(constellationSchema.parse({ preset })).propagator.count;
    expect(count('starlink-gen1')).toBe(1584 + 1584 + 720 + 520);
    expect(count('starlink-s1')).toBe(1584);
    expect(count('kuiper-k1')).toBe(1156);
    expect(count('telesat-t1')).toBe(351);
    expect(count('oneweb')).toBe(588);
  });

  test('allow lasers down to 80 km above the ground: 5016.6 km for Starlink, 5443.0 for Kuiper', () => {
    expect(longestLaserKm({ altitudeKm: 550 }, 6378.135)).toBeCloseTo(5016.6, 1);
    expect(longestLaserKm({ altitudeKm: 630 }, 6378.135)).toBeCloseTo(5443.0, 1);
  });
});

describe('the Earth', () => {
  test('has its poles 6356.752 km from the centre and its equator 6378.137', () => {
    expect(groundPoint(WGS84, 90, 0).atKm[2]).toBeCloseTo(6356.7523, 4);
    expect(groundPoint(WGS84, 0, 90).atKm[1]).toBeCloseTo(6378.137, 9);
  });

  test('had turned 280.46 degrees at J2000, and in a day turns 0.98565 degrees more than once around', () => {
    expect((siderealRad(J2000_UNIX_MS) * 180) / Math.PI).toBeCloseTo(280.46062, 4);
    const day = siderealRad(J2000_UNIX_MS + 86_400_000) - siderealRad(J2000_UNIX_MS);
    expect((day * 180) / Math.PI).toBeCloseTo(0.98565, 4);
  });
});

describe('a constellation config', () => {
  const parse = (config: unknown) => constellationSchema.safeParse(config);

  test('is Starlink S1 in physical mode by default', () => {
    expect(constellationSchema.parse({})).toMatchObject({
      preset: 'starlink-s1',
      parity: 'none',
      elevationMaskDeg: 25,
    });
  });

  test('cannot mix parity with own shells, elements or phasing', () => {
    const shell = { altitudeKm: 550, inclinationDeg: 53, planes: 2, satellitesPerPlane: 2 };
    expect(parse({ parity: 'hypatia', shells: [shell] }).success).toBe(false);
    expect(parse({ parity: 'hypatia', tle: '' }).success).toBe(false);
    expect(parse({ parity: 'hypatia', phasing: 3 }).success).toBe(false);
    expect(parse({ shells: [shell], tle: '' }).success).toBe(false);
    expect(parse({ shells: [shell] }).success).toBe(true);
  });

  test('in parity mode needs a constellation that Hypatia has', () => {
    expect(() => constellationOf(constellationSchema.parse({ preset: 'oneweb', parity: 'hypatia' }))).toThrow(
      /network\.constellation\.parity/,
    );
  });
});
