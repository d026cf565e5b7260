import { describe, expect, test } from 'vitest';
import { Sgp4Orbits } from '../../../../netem/sky/orbit/sgp4-orbits.ts';
import { parseTle } from '../../../../netem/sky/orbit/tle.ts';

// The example in NASA's description of the format: the ISS on 2008-09-20.
const NAME = 'ISS (ZARYA)';
const FIRST = '1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927';
const SECOND = '2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537';

describe('two-line elements', () => {
  test('are read with names, comments and blank lines around them', () => {
    expect(parseTle(`# stations\n\n${NAME}\n${FIRST}\n${SECOND}\n${FIRST}\n${SECOND}\n`, 'tle')).toHaveLength(2);
  });

  test('give positions at the altitude of the station', () => {
    const orbits = new Sgp4Orbits(parseTle(`${FIRST}\n${SECOND}`, 'tle'));
    const at = new Float64Array(3);
    orbits.positionsAt(Date.UTC(2008, 8, 20, 12, 25, 40), at);
    const altitudeKm = Math.hypot(at[0]!, at[1]!, at[2]!) - 6378;
    expect(altitudeKm).toBeGreaterThan(330);
    expect(altitudeKm).toBeLessThan(370);
  });

  test.each([
    ['a line that was cut', `${NAME}\n${FIRST.slice(0, 60)}\n${SECOND}`, /^tle line 2 has 60 characters, expected 69$/],
    [
      'a digit that was changed',
      `${FIRST}\n${SECOND.replace('247', '248')}`,
      /line 2 ends in 7, but its checksum is 8/,
    ],
    ['a set without a second line', `${FIRST}\n${FIRST}`, /line 2 is .* expected the second line .* starts at line 1/],
    ['a first line at the end', `${FIRST}\n${SECOND}\n${FIRST}`, /line 3 has no second line/],
    ['lines of two satellites', `${FIRST}\n${SECOND.replace('25544', '25553')}`, /line 2 belongs to another satellite/],
    ['no elements', 'nothing here', /holds no two-line element set/],
  ])('with %s are refused, and the line is named', (_, text, message) => {
    expect(() => parseTle(text, 'tle')).toThrow(message);
  });
});
