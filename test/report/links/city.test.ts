import { describe, expect, test } from 'vitest';
import { type City, cityNamed } from '../../../report/links/city.ts';
import { groundPointIn } from '../../../report/links/ground-point.ts';

const city = (name: string, country: string, population: number, lonDeg = 0, latDeg = 0): City => ({
  name,
  country,
  population,
  loc: { coordinates: [lonDeg, latDeg] },
});

const CITIES = [
  city('London', 'CA', 346_765, -81.23, 42.98),
  city('London', 'GB', 7_556_900, -0.13, 51.51),
  city('New York City', 'US', 8_175_133),
  city('New York Mills', 'US', 3_000),
  city('Washington', 'GB', 53_526),
  city('Washington, D.C.', 'US', 601_723),
  city('Frankfurt am Main', 'DE', 650_000),
  city('Frankfurt (Oder)', 'DE', 51_691),
  city('São Paulo', 'BR', 10_021_295),
  city("St. John's", 'CA', 99_182),
];

const named = (text: string): string => cityNamed(text, '--from', CITIES).name;

describe('a city', () => {
  test('is the most populous one with its name, or the one in the given country', () => {
    expect(cityNamed('london', '--from', CITIES)).toEqual({ name: 'London, GB', latDeg: 51.51, lonDeg: -0.13 });
    expect(named('London, ca')).toBe('London, CA');
  });

  test.each([
    ['New York', 'New York City, US'],
    ['washington', 'Washington, D.C., US'],
    ['Frankfurt', 'Frankfurt am Main, DE'],
    ['SAO PAULO', 'São Paulo, BR'],
    ['São-Paulo', 'São Paulo, BR'],
    ['st johns', "St. John's, CA"],
  ])('%s is %s', (text, name) => expect(named(text)).toBe(name));

  test('that is unknown is refused with similar names', () => {
    expect(() => named('Lodnon')).toThrow(/^--from is "Lodnon", which is no known city; did you mean "London, GB"\?$/);
    expect(() => named('London, FR')).toThrow(/which is no known city in FR; did you mean "London, GB"\?$/);
    expect(() => named('Xyzzyqwerty')).toThrow(/expected the name of a city such as/);
    expect(() => named('')).toThrow(/expected the name of a city/);
  });
});

describe('a point', () => {
  test('is two numbers; any other text is taken as a city', () => {
    expect(groundPointIn('-33.92, 18.42', '--to')).toEqual({ name: '-33.92,18.42', latDeg: -33.92, lonDeg: 18.42 });
    expect(groundPointIn('London, GB', '--to')).toBeNull();
  });

  test('out of range is refused with the number and the range', () => {
    expect(() => groundPointIn('91,0', '--to')).toThrow(
      /^--to is "91,0": its latitude is 91, expected -90 to 90 degrees$/,
    );
    expect(() => groundPointIn('9,-180.5', '--to')).toThrow(/longitude is -180\.5, expected -180 to 180/);
    expect(() => groundPointIn('1.2.3,4', '--to')).toThrow(/latitude is NaN/);
  });
});
