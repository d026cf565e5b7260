import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementsOf } from '../../../../netem/sky/orbit/elements.ts';
import { positionOfElements } from '../../../../netem/sky/orbit/position-of-elements.ts';

// The elements of the ISS in tle.test.ts, as the two sites that give them out write them.
const CELESTRAK = {
  OBJECT_NAME: 'ISS (ZARYA)',
  OBJECT_ID: '1998-067A',
  EPOCH: '2008-09-20T12:25:40.104192',
  MEAN_MOTION: 15.72125391,
  ECCENTRICITY: 0.0006703,
  INCLINATION: 51.6416,
  RA_OF_ASC_NODE: 247.4627,
  ARG_OF_PERICENTER: 130.536,
  MEAN_ANOMALY: 325.0288,
  EPHEMERIS_TYPE: 0,
  CLASSIFICATION_TYPE: 'U',
  NORAD_CAT_ID: 25544,
  ELEMENT_SET_NO: 292,
  REV_AT_EPOCH: 56353,
  BSTAR: -0.11606e-4,
  MEAN_MOTION_DOT: -0.2182e-4,
  MEAN_MOTION_DDOT: 0,
};
const SPACE_TRACK = {
  CCSDS_OMM_VERS: '2.0',
  COMMENT: 'GENERATED, "VIA" AN INTERFACE',
  CREATION_DATE: '2008-09-20T18:00:00',
  ORIGINATOR: '18 SPCS',
  CENTER_NAME: 'EARTH',
  REF_FRAME: 'TEME',
  TIME_SYSTEM: 'UTC',
  MEAN_ELEMENT_THEORY: 'SGP4',
  ...Object.fromEntries(Object.entries(CELESTRAK).map(([key, value]) => [key, String(value)])),
  DECAY_DATE: null as string | null,
};
const TLE = `1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927
2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537`;

const plainCsv = (...rows: readonly object[]): string =>
  [Object.keys(rows[0]!), ...rows.map((row) => Object.values(row))].map((cells) => cells.join(',')).join('\r\n');
const quotedCsv = (row: object): string =>
  [Object.keys(row), Object.values(row).map((cell) => cell ?? '')]
    .map((cells) => cells.map((cell: unknown) => `"${String(cell).replaceAll('"', '""')}"`).join(','))
    .join('\n');
const lowerCase = (row: object): object =>
  Object.fromEntries(Object.entries(row).map(([key, value]) => [key.toLowerCase(), value]));
const setsOf = (tle: string) => elementsOf({ tle, elementsFile: 'gp.txt' });

describe('orbit mean-elements messages', () => {
  test.each([
    ['JSON of CelesTrak', JSON.stringify([CELESTRAK])],
    ['pretty JSON', `\uFEFF${JSON.stringify([CELESTRAK], null, 2)}\n`],
    ['one object', JSON.stringify(CELESTRAK)],
    ['JSON of Space-Track, numbers as strings', JSON.stringify([SPACE_TRACK])],
    ['keys in lower case', JSON.stringify([lowerCase(CELESTRAK)])],
    ['CSV of CelesTrak', `${plainCsv(CELESTRAK)}\r\n`],
    ['CSV with a byte order mark', `\uFEFF${plainCsv(CELESTRAK)}`],
    ['CSV of Space-Track, all cells in quotes', `${quotedCsv(SPACE_TRACK)}\n\n`],
    ['a header in lower case', plainCsv(lowerCase(CELESTRAK))],
  ])('as %s put the satellite where its two lines do', (_, text) => {
    const [set, ...rest] = setsOf(text);
    expect(rest).toEqual([]);
    expect(set).toMatchObject({ name: 'ISS (ZARYA)', catalogNumber: 25_544 });
    const [asLines] = elementsOf({ tle: TLE });
    for (const hours of [-20, 0, 7.3, 100]) {
      const unixMs = Date.UTC(2008, 8, 20, 12) + hours * 3_600_000;
      const [a, b] = [set!, asLines!].map((one) => positionOfElements(one, unixMs));
      if (typeof a !== 'object' || typeof b !== 'object') throw new Error(`absent: ${a} ${b}`);
      expect(Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z)).toBeLessThan(0.01);
    }
  });

  test.each([
    ['JSON', JSON.stringify([CELESTRAK, { ...CELESTRAK, INCLINATION: 'north' }], null, 1), 21],
    ['CSV', plainCsv(CELESTRAK, { ...CELESTRAK, INCLINATION: 'north' }), 3],
  ])('in %s with a wrong value are refused, with its line, name and range', (_, text, line) => {
    expect(() => setsOf(text)).toThrow(
      `gp.txt:${line}:1: INCLINATION of ISS (ZARYA) is "north", expected a number from 0 to 180`,
    );
  });

  test.each([
    ['a number missing', { ...CELESTRAK, BSTAR: undefined }, /BSTAR of ISS \(ZARYA\) is missing, expected a number/],
    ['an empty number', { ...CELESTRAK, MEAN_ANOMALY: '' }, /MEAN_ANOMALY of ISS \(ZARYA\) is missing/],
    [
      'no instant',
      { ...CELESTRAK, EPOCH: '2008-02-31T00:00:00' },
      /EPOCH .* is "2008-02-31T00:00:00", expected an instant/,
    ],
    ['another theory', { ...CELESTRAK, EPHEMERIS_TYPE: 4 }, /EPHEMERIS_TYPE .* is "4", expected elements for SGP4/],
    ['another planet', { ...CELESTRAK, CENTER_NAME: 'MARS' }, /CENTER_NAME .* is "MARS"/],
  ])('with %s are refused', (_, message, expected) => {
    expect(() => setsOf(JSON.stringify([message, { MEAN_MOTION: 1 }]))).toThrow(expected);
  });

  test.each([
    ['JSON that was cut', JSON.stringify([CELESTRAK, CELESTRAK]).slice(0, -20), /ends in the middle of a value/],
    ['JSON with a comma too few', `[${JSON.stringify(CELESTRAK)} ${JSON.stringify(CELESTRAK)}]`, /expected a comma/],
    ['CSV without a column', 'OBJECT_NAME,EPOCH,MEAN_MOTION\n', /has no column ECCENTRICITY, which SGP4 needs/],
    ['CSV with a cell too few', `${plainCsv(CELESTRAK)}\r\nA,B\r\n`, /^gp\.txt:3:1: has 2 cells, expected 17/],
    ['an empty array', '[]', /holds no satellite/],
    ['JSON about something else', '{"error": "no data"}', /holds no satellite/],
  ])('in %s are refused', (_, text, expected) => {
    expect(() => setsOf(text)).toThrow(expected);
  });

  test('read epochs by day of the year, with a Z or with a space, to the microsecond', () => {
    const epochs = ['2008-264T12:25:40.104192', '2008-09-20T12:25:40.104192Z', '2008-09-20 12:25:40.104192'];
    const at = epochs.map((EPOCH) => setsOf(JSON.stringify([{ ...CELESTRAK, EPOCH }]))[0]!.epochUnixMs);
    expect(at).toEqual([1_221_913_540_104.192, 1_221_913_540_104.192, 1_221_913_540_104.192]);
  });

  test('make a satellite absent from the day it came down', () => {
    const [set] = setsOf(JSON.stringify([{ ...SPACE_TRACK, DECAY_DATE: '2008-09-22' }]));
    expect(positionOfElements(set!, Date.UTC(2008, 8, 21))).toBeTypeOf('object');
    expect(positionOfElements(set!, Date.UTC(2008, 8, 22))).toBe('decayed');
  });

  test('keep every value of a cell, whatever it holds', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((text) => !/[\r\n]/.test(text)),
        (name) => {
          const { name: read } = setsOf(quotedCsv({ ...CELESTRAK, OBJECT_NAME: name }))[0]!;
          expect(read).toBe(name.trim() || null);
        },
      ),
    );
  });
});
