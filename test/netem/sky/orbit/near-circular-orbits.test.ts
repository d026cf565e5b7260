import { describe, expect, test } from 'vitest';
import { elementSetOf } from '../../../../netem/sky/orbit/element-set.ts';
import { elementsOf } from '../../../../netem/sky/orbit/elements.ts';
import { HYPATIA_EPOCH_UNIX_MS, hypatiaPlanes } from '../../../../netem/sky/orbit/hypatia-elements.ts';
import { NearCircularOrbits, type Plane } from '../../../../netem/sky/orbit/near-circular-orbits.ts';
import { PRESETS } from '../../../../netem/sky/orbit/presets.ts';
import { Sgp4Orbits } from '../../../../netem/sky/orbit/sgp4-orbits.ts';

const ISS = `1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927
2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537`;

const furthestApartKm = (planes: readonly Plane[], seconds: number): number => {
  const [ours, library] = [
    new NearCircularOrbits(planes),
    new Sgp4Orbits(planes.flat().map((orbit) => elementSetOf(orbit))),
  ].map((orbits) => {
    const at = new Float64Array(3 * orbits.count);
    orbits.positionsAt(HYPATIA_EPOCH_UNIX_MS + seconds * 1000, at);
    return at;
  });
  return ours!.reduce((most, km, index) => Math.max(most, Math.abs(km - library![index]!)), 0);
};

describe('SGP4 by plane', () => {
  test.each([
    ['starlink-s1', PRESETS['starlink-s1'][0], 15.19],
    ['kuiper-k1', PRESETS['kuiper-k1'][0], 14.8],
    ['telesat-t1', PRESETS['telesat-t1'][0], 13.66],
  ])(
    'computes %s within a millimetre of satellite.js, from minutes before the epoch to a week after',
    (_, shell, meanMotionRevPerDay) => {
      const planes = hypatiaPlanes(shell, meanMotionRevPerDay);
      for (const seconds of [-600, 0, 0.1, 46.8, 200, 1234.5, 2850, 5700, 86_400, 604_800]) {
        expect(furthestApartKm(planes, seconds)).toBeLessThan(1e-6);
      }
    },
  );

  test.each([0, 30, 90, 117, 179.9])('does so at an inclination of %f degrees too', (inclinationDeg) => {
    const planes = hypatiaPlanes({ ...PRESETS['kuiper-k1'][0], inclinationDeg }, 14.2);
    for (const seconds of [0, 1000, 5700]) expect(furthestApartKm(planes, seconds)).toBeLessThan(1e-6);
  });

  test('refuses elements to which the theory does not apply, and satellites that share no plane', () => {
    const dragged = elementsOf({ tle: ISS }).map(({ orbit }) => orbit);
    expect(() => new NearCircularOrbits([dragged])).toThrow(RangeError);
    const [first, second] = hypatiaPlanes(PRESETS['kuiper-k1'][0], 14.8);
    expect(() => new NearCircularOrbits([[first![0]!, second![0]!]])).toThrow(/share/);
  });
});
