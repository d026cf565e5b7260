import { describe, expect, test } from 'vitest';
import type { ElementSet } from '../../../../netem/sky/orbit/element-set.ts';
import { elementsOf } from '../../../../netem/sky/orbit/elements.ts';
import { Sgp4Orbits } from '../../../../netem/sky/orbit/sgp4-orbits.ts';

// The example in NASA's description of the format: the ISS on 2008-09-20.
const NAME = 'ISS (ZARYA)';
const FIRST = '1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927';
const SECOND = '2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537';

const setsOf = (tle: string): readonly ElementSet[] => elementsOf({ tle, elementsFile: 'x.tle' });

describe('two-line elements', () => {
  test('are read with names, comments and blank lines around them', () => {
    expect(setsOf(`# stations\n\n${NAME}\n${FIRST}\n${SECOND}\n${FIRST}\n${SECOND}\n`)).toHaveLength(2);
  });

  test.each([
    ['two lines', `${FIRST}\n${SECOND}\n`, null],
    ['a name', `${NAME}\n${FIRST}\n${SECOND}`, NAME],
    ['a name after a zero', `0 ${NAME}\n${FIRST}\n${SECOND}\n`, NAME],
    ['a byte order mark', `\uFEFF${NAME}\n${FIRST}\n${SECOND}\n`, NAME],
    ['the line ends of Windows', `0 ${NAME}\r\n${FIRST}\r\n${SECOND}\r\n\r\n`, NAME],
    ['spaces at both ends', `  ${NAME}   \n  ${FIRST}  \n\t${SECOND}\t\n   \n`, NAME],
    ['a name that begins like a first line', `1 KUNS-PF\n${FIRST}\n${SECOND}\n`, '1 KUNS-PF'],
    ['a name that begins like a second line', `2 OF A KIND\n${FIRST}\n${SECOND}\n`, '2 OF A KIND'],
  ])('with %s are one satellite and its name', (_, text, name) => {
    const [set, ...rest] = setsOf(text);
    expect(rest).toEqual([]);
    expect(set).toMatchObject({ name, catalogNumber: 25_544 });
    expect(new Date(set!.epochUnixMs).toISOString()).toBe('2008-09-20T12:25:40.104Z');
  });

  test('have alpha-5 numbers above 99,999, without the letters I and O', () => {
    const numbered = (number: string) => setsOf(`${FIRST}\n${SECOND}`.replaceAll('25544', number));
    // The checksum counts digits only: these have the same sum as 25544 or differ by what is corrected below.
    const digits = (text: string) => [...text].reduce((sum, digit) => sum + (Number(digit) || 0), 0);
    const fixed = (number: string) =>
      [FIRST, SECOND].map((line) => {
        const body = line.slice(0, 68).replace('25544', number);
        return `${body}${(Number(line[68]) + 100 + digits(number) - digits('25544')) % 10}`;
      });
    expect(setsOf(fixed('A0001').join('\n'))[0]!.catalogNumber).toBe(100_001);
    expect(setsOf(fixed('Z9999').join('\n'))[0]!.catalogNumber).toBe(339_999);
    expect(setsOf(fixed('    5').join('\n'))[0]!.catalogNumber).toBe(5);
    expect(() => setsOf(fixed('I0001').join('\n'))).toThrow(/has "I0001" as catalogue number, expected five digits/);
    expect(() => numbered('25545')).toThrow(/its checksum is/);
  });

  test('give positions at the altitude of the station', () => {
    const orbits = new Sgp4Orbits(setsOf(`${FIRST}\n${SECOND}`));
    const at = new Float64Array(3);
    orbits.positionsAt(Date.UTC(2008, 8, 20, 12, 25, 40), at);
    const altitudeKm = Math.hypot(at[0]!, at[1]!, at[2]!) - 6378;
    expect(altitudeKm).toBeGreaterThan(330);
    expect(altitudeKm).toBeLessThan(370);
  });

  test.each([
    [
      'a line that was cut',
      `${NAME}\n${FIRST.slice(0, 60)}\n${SECOND}`,
      /^x\.tle:2:1: has 60 characters, expected 69$/,
    ],
    [
      'a digit that was changed',
      `${FIRST}\n${SECOND.replace('247', '248')}`,
      /^x\.tle:2:1: ends in 7, but its checksum is 8/,
    ],
    [
      'a set without a second line',
      `${FIRST}\n${FIRST}`,
      /^x\.tle:2:1: is .* expected the second line .* starts at line 1/,
    ],
    ['a first line at the end', `${FIRST}\n${SECOND}\n${FIRST}`, /^x\.tle:3:1: has no second line/],
    ['lines of two satellites', `${FIRST}\n${SECOND.replace('25544', '25553')}`, /:2:1: belongs to another satellite/],
    ['no elements', 'nothing here', /^x\.tle:1:1: holds no satellite, expected two-line elements/],
    ['XML', '<?xml version="1.0"?>\n<ndm>', /^x\.tle:1:1: is XML or HTML, which is not read/],
    ['key = value', 'CCSDS_OMM_VERS = 2.0\nCREATION_DATE = x', /^x\.tle:1:1: is OMM as key = value, which is not read/],
  ])('with %s are refused, and the line is named', (_, text, message) => {
    expect(() => setsOf(text)).toThrow(message);
  });

  test('in a scenario are told by the line of their text', () => {
    expect(() => elementsOf({ tle: `${FIRST}\n${SECOND.replace('247', '248')}` })).toThrow(
      /^network\.constellation\.tle line 2 ends in 7/,
    );
  });
});
