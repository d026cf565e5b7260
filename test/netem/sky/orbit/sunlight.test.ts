import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { degrees } from '../../../../core/units.ts';
import { CircularOrbits } from '../../../../netem/sky/orbit/circular-orbits.ts';
import { sunlightOf, sunlitShare } from '../../../../netem/sky/orbit/satellite-sunlight.ts';
import { isSunlit, sunDirection } from '../../../../netem/sky/orbit/sunlight.ts';

const EARTH_KM = 6378.137;

const declinationDeg = (instant: string): number => degrees(Math.asin(sunDirection(Date.parse(instant))[2]));

describe('the Sun', () => {
  test.each([
    ['the March equinox of 2026', '2026-03-20T14:46:00Z', 0],
    ['the June solstice of 2026', '2026-06-21T08:25:00Z', 23.436],
    ['the September equinox of 2026', '2026-09-23T00:05:00Z', 0],
    ['the December solstice of 2026', '2026-12-21T20:50:00Z', -23.436],
  ])('at %s has its declination within 0.01 degrees', (_, instant, expected) => {
    expect(Math.abs(declinationDeg(instant) - expected)).toBeLessThan(0.01);
  });

  test('is in the direction of the vernal equinox in March, and its vector always has length 1', () => {
    expect(sunDirection(Date.parse('2026-03-20T14:46:00Z'))[0]).toBeGreaterThan(0.99999);
    for (let day = 0; day < 400; day += 13) {
      expect(Math.hypot(...sunDirection(Date.UTC(2026, 0, day)))).toBeCloseTo(1, 12);
    }
  });
});

/** Share of an orbit in shadow when the Sun is `betaDeg` over its plane, from points spread evenly along it. */
const shadowShare = (altitudeKm: number, betaDeg: number): number => {
  const beta = (betaDeg * Math.PI) / 180;
  const sun = [Math.cos(beta), 0, Math.sin(beta)] as const;
  const places = 20_000;
  let dark = 0;
  for (let place = 0; place < places; place++) {
    const angle = (2 * Math.PI * place) / places;
    const radiusKm = EARTH_KM + altitudeKm;
    if (!isSunlit([radiusKm * Math.cos(angle), radiusKm * Math.sin(angle), 0], sun)) dark++;
  }
  return dark / places;
};

describe('the shadow of the Earth', () => {
  test('covers 0.37 of an orbit at 550 km when the Sun is in the plane of the orbit', () => {
    expect(Math.abs(shadowShare(550, 0) - 0.37)).toBeLessThan(0.005);
  });

  test('covers the share that the closed form gives, at any height and beta', () => {
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 2000 }), fc.integer({ min: -90, max: 90 }), (h, betaDeg) => {
        const rise = Math.sqrt(h * h + 2 * EARTH_KM * h) / ((EARTH_KM + h) * Math.cos((betaDeg * Math.PI) / 180));
        expect(shadowShare(h, betaDeg)).toBeCloseTo(rise >= 1 ? 0 : Math.acos(rise) / Math.PI, 3);
      }),
      { numRuns: 40 },
    );
  });

  test('never falls on the day side', () => {
    expect(isSunlit([7000, 0, 0], [1, 0, 0])).toBe(true);
    expect(isSunlit([-7000, 0, 0], [1, 0, 0])).toBe(false);
    expect(isSunlit([0, 7000, 0], [1, 0, 0])).toBe(true);
  });
});

const onlySatellite = (altitudeKm: number, inclinationDeg: number, epochUnixMs: number) =>
  sunlightOf({
    propagator: new CircularOrbits([
      { altitudeKm, inclinationDeg, planes: 4, satellitesPerPlane: 1, phasing: 0, raanSpreadDeg: 360, lasers: false },
    ]),
    satellite: 1,
    epochUnixMs,
  });

describe('a satellite', () => {
  test('changes exactly where light and shadow meet, and not in between', () => {
    const sunlight = onlySatellite(550, 53, Date.UTC(2026, 2, 20));
    const changes: number[] = [];
    for (let atMs = 0; atMs < 6 * 3_600_000; ) {
      const nextMs = sunlight.nextChangeAfter(atMs);
      expect(nextMs).toBeGreaterThan(atMs);
      expect(sunlight.sunlitAt(nextMs)).not.toBe(sunlight.sunlitAt(nextMs - 1));
      for (let part = 0; part < 1; part += 0.05) {
        expect(sunlight.sunlitAt(atMs + part * (nextMs - 1 - atMs))).toBe(sunlight.sunlitAt(atMs));
      }
      changes.push(nextMs);
      atMs = nextMs;
    }
    const share = sunlitShare(sunlight, 0, 86_400_000);
    expect(share).toBeGreaterThan(0.62);
    expect(share).toBeLessThan(0.75);
    // Two changes in each orbit of 95.6 minutes, and one after the end.
    expect(changes.length).toBeGreaterThanOrEqual(7);
    expect(changes.length).toBeLessThanOrEqual(9);
  });
});

describe('over a year', () => {
  /** Share of a year in sunlight, for each of 72 planes around the Earth. One orbit on every eighth day is sampled. */
  const yearlyShares = (altitudeKm: number, inclinationDeg: number): readonly number[] => {
    const orbits = new CircularOrbits([
      { altitudeKm, inclinationDeg, planes: 72, satellitesPerPlane: 1, phasing: 0, raanSpreadDeg: 360, lasers: false },
    ]);
    const positionsKm = new Float64Array(3 * orbits.count);
    const lit = new Float64Array(orbits.count);
    for (let day = 0; day < 365; day += 8) {
      for (let minute = 0; minute < 100; minute++) {
        const unixMs = Date.UTC(2026, 0, 1 + day, 0, minute);
        orbits.positionsAt(unixMs, positionsKm);
        const sun = sunDirection(unixMs);
        for (let plane = 0; plane < orbits.count; plane++) {
          const [x, y, z] = positionsKm.subarray(3 * plane, 3 * plane + 3);
          if (isSunlit([x!, y!, z!], sun)) lit[plane]! += 1 / 4600;
        }
      }
    }
    return [...lit];
  };

  test('a dawn-dusk orbit that follows the Sun is lit about 98 % of the time, a noon one about 65 %', () => {
    const shares = yearlyShares(800, 98.6);
    expect(Math.abs(Math.max(...shares) - 0.98)).toBeLessThan(0.01);
    expect(Math.abs(Math.min(...shares) - 0.65)).toBeLessThan(0.01);
    expect(Math.max(...yearlyShares(550, 97.6))).toBeCloseTo(0.95, 2); // lower down, the shadow is wider
  });
});
