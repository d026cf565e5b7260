import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { elementsOf } from '../../../../netem/sky/orbit/elements.ts';
import { elementsCount, elementsRemarks, newestEpochUnixMs } from '../../../../netem/sky/orbit/elements-count.ts';
import { Sgp4Orbits } from '../../../../netem/sky/orbit/sgp4-orbits.ts';

const fileOf = (name: string): string => readFileSync(`test/netem/sky/orbit/${name}`, 'utf8');
const DAY_MS = 86_400_000;

describe('a satellite of a list', () => {
  test.each([
    // Made by hand: it flies at 52 km.
    ['decayed.tle', 'decayed', Date.UTC(2026, 0, 1), 0],
    // Issue 152 of satellite.js: 849 days after its epoch SGP4 puts it at 28,492 km.
    ['highdrag.tle', 'strayed', Date.UTC(2025, 11, 17), 0],
    ['highdrag.tle', 'strayed', Date.UTC(2023, 7, 21), 1],
  ] as const)('%s is %s or used, and counted so', (name, absence, unixMs, usable) => {
    const sets = elementsOf({ tle: fileOf(name) });
    const count = elementsCount(sets, unixMs);
    expect(count).toMatchObject({ listed: 1, usable });
    expect(count.absent[absence]).toBe(1 - usable);
    const at = new Float64Array(3);
    new Sgp4Orbits(sets).positionsAt(unixMs, at);
    expect(Math.hypot(...at) > 0).toBe(usable === 1);
  });

  test('on a hyperbolic orbit is absent, and its list is read', () => {
    const open = {
      OBJECT_NAME: 'VISITOR',
      EPOCH: '2026-01-01T00:00:00',
      MEAN_MOTION: 15,
      ECCENTRICITY: 1.2,
      INCLINATION: 50,
      RA_OF_ASC_NODE: 0,
      ARG_OF_PERICENTER: 0,
      MEAN_ANOMALY: 0,
      NORAD_CAT_ID: 1,
      BSTAR: 0,
    };
    const sets = elementsOf({ tle: JSON.stringify([open, { ...open, NORAD_CAT_ID: 2, ECCENTRICITY: 0.001 }]) });
    expect(elementsCount(sets, Date.UTC(2026, 0, 1))).toMatchObject({
      listed: 2,
      usable: 1,
      absent: { 'no-orbit': 1 },
    });
  });
});

describe('the age of elements', () => {
  const summed = (line: string) =>
    `${line}${[...line].reduce((total, c) => total + (c === '-' ? 1 : Number(c) || 0), 0) % 10}\n`;
  const lines = (day: string, number = '25544', anomaly = '325.0288') =>
    summed(`1 ${number}U 98067A   ${day} -.00002182  00000-0 -11606-4 0  292`) +
    summed(`2 ${number}  51.6416 247.4627 0006703 130.5360 ${anomaly} 15.7212539156353`);
  const sets = elementsOf({
    tle: `A\n${lines('26001.00000000')}B\n${lines('26010.50000001', '25545')}C\n${lines('26020.00000000', '25546')}`,
  });
  const newYear = Date.UTC(2026, 0, 1);

  test('is told at the instant asked for, with those over 14 days and those from after it', () => {
    const count = elementsCount(sets, newYear + 15 * DAY_MS);
    expect(count).toMatchObject({ listed: 3, usable: 3, old: 1, early: 1 });
    expect(count.ageDays).toEqual({ newest: -4, median: expect.closeTo(5.5, 6), oldest: 15 });
    expect(elementsRemarks(count)).toEqual([
      'elements: 3 of 3 satellites are usable at 2026-01-16T00:00:00Z',
      'elements: 1 of 3 are more than 14 days old at 2026-01-16T00:00:00Z (the oldest 15.0 days): positions are not to be trusted',
      'elements: 1 of 3 are from after 2026-01-16T00:00:00Z (up to 4.0 days): was another epoch meant?',
    ]);
  });

  test('counts a satellite once, whatever it is called and however often it is listed', () => {
    const [iss, older] = [lines('26003.00000000'), lines('26001.00000000')];
    const usable = (tle: string) => elementsCount(elementsOf({ tle }), newYear + 3 * DAY_MS).usable;
    expect(usable(iss + iss + iss)).toBe(1);
    expect(usable(`ISS (ZARYA)\n${iss}0 ISS\n${iss}ISS OLD\n${older}`)).toBe(1);
    // Made up: all of one number and epoch, but of different orbits; and number 0.
    expect(usable(iss + lines('26003.00000000', '25544', '125.0288'))).toBe(2);
    expect(usable(lines('26003.00000000', '00000') + lines('26001.00000000', '00000'))).toBe(2);
  });

  test('comes with how many fly above 2000 km', () => {
    const omm = {
      OBJECT_NAME: 'GEO',
      EPOCH: '2026-01-01T00:00:00',
      MEAN_MOTION: 1.0027,
      ECCENTRICITY: 0.0001,
      INCLINATION: 0.05,
      RA_OF_ASC_NODE: 10,
      ARG_OF_PERICENTER: 20,
      MEAN_ANOMALY: 30,
      NORAD_CAT_ID: 7,
      BSTAR: 0,
    };
    const mixed = elementsOf({ tle: JSON.stringify([omm, { ...omm, NORAD_CAT_ID: 8, MEAN_MOTION: 15.06 }]) });
    const count = elementsCount(mixed, newYear + DAY_MS);
    expect(count).toMatchObject({ usable: 2, high: 1 });
    expect(elementsRemarks(count).at(-1)).toBe(
      'elements: 1 of 2 fly above 2000 km, and may serve a terminal as any other does',
    );
  });

  test('has a newest, in whole seconds that no epoch is after', () => {
    expect(newestEpochUnixMs(sets)).toBe(newYear + 19 * DAY_MS);
    expect(newestEpochUnixMs(sets.slice(0, 2))).toBe(newYear + 9.5 * DAY_MS + 1000);
  });

  test('decides which of several sets of one satellite is used', () => {
    const history = elementsOf({ tle: lines('26001.00000000') + lines('26003.00000000') + lines('26002.00000000') });
    const count = elementsCount(history, newYear + 3 * DAY_MS);
    expect(count).toMatchObject({ usable: 1, absent: { superseded: 2 }, ageDays: { newest: 1, oldest: 1 } });
    expect(elementsRemarks(count)[0]).toMatch(
      /^elements: 1 of 3 .*; 2 are in the list again, with newer elements or the same$/,
    );
  });
});
