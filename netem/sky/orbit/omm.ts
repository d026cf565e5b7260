import { json2satrec } from 'satellite.js';
import { csvCells } from '../../../core/text/csv-cells.ts';
import { jsonItems } from '../../../core/text/json-items.ts';
import { eachLine, type MistakeAt, quotedValue } from '../../../core/text/text-lines.ts';
import type { ElementSet } from './element-set.ts';

/**
 * The satellites of orbit mean-elements messages (OMM) in JSON, as CelesTrak and Space-Track write them: an array of objects, or
 * one object. Keys are in upper or lower case, numbers may be strings. Source of the keys: CCSDS 502.0-B-3.
 * Throws what `mistakeAt` makes of the first mistake.
 */
export const parseOmmJson = (text: string, mistakeAt: MistakeAt): readonly ElementSet[] => {
  const sets: ElementSet[] = [];
  for (const { line, value } of jsonItems(text, mistakeAt)) {
    if (value === null || typeof value !== 'object' || Array.isArray(value))
      throw mistakeAt(line, `is ${quotedValue(value)}, expected an object with the keys of an OMM`);
    const message = new Map(Object.entries(value).map(([key, cell]) => [key.toUpperCase(), cell as unknown]));
    sets.push(elementSet(message, line, mistakeAt));
  }
  return sets;
};

/** The same in CSV: a header with the names of the keys in any order, then a row for each satellite. */
export const parseOmmCsv = (text: string, mistakeAt: MistakeAt): readonly ElementSet[] => {
  const sets: ElementSet[] = [];
  let keys: readonly string[] | null = null;
  eachLine(text, (raw, number) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return;
    const cells = csvCells(line);
    if (keys === null) {
      keys = cells.map((cell) => cell.toUpperCase());
      const missing = REQUIRED.find((key) => !keys!.includes(key));
      if (missing !== undefined) throw mistakeAt(number, `has no column ${missing}, which SGP4 needs`);
      return;
    }
    if (cells.length !== keys.length)
      throw mistakeAt(number, `has ${cells.length} cells, expected ${keys.length} as in the header`);
    sets.push(elementSet(new Map(keys.map((key, index) => [key, cells[index]])), number, mistakeAt));
  });
  return sets;
};

type Message = ReadonlyMap<string, unknown>;

/** What numbers are called, and their range. */
const NUMBERS = {
  MEAN_MOTION: [0.01, 20],
  ECCENTRICITY: [0, 1000],
  INCLINATION: [0, 180],
  RA_OF_ASC_NODE: [-360, 360],
  ARG_OF_PERICENTER: [-360, 360],
  MEAN_ANOMALY: [-360, 360],
  NORAD_CAT_ID: [0, 999_999_999],
  BSTAR: [-10, 10],
} as const;

const REQUIRED = ['EPOCH', ...Object.keys(NUMBERS)];

/** What else than SGP4 over the Earth a message could be about. It need not say any of them. */
const ONLY: Readonly<Record<string, RegExp>> = {
  CENTER_NAME: /^EARTH$/i,
  REF_FRAME: /^TEME/i,
  TIME_SYSTEM: /^UTC$/i,
  MEAN_ELEMENT_THEORY: /^(SGP|SGP4|SGP4\/SDP4)$/i,
  EPHEMERIS_TYPE: /^[02]$/,
};

const elementSet = (message: Message, line: number, mistakeAt: MistakeAt): ElementSet => {
  const name = textOf(message.get('OBJECT_NAME'));
  const of = name === '' ? '' : ` of ${name}`;
  const wrong = (key: string, expected: string): Error => {
    const value = message.get(key);
    const found = value === undefined || value === null || value === '' ? 'is missing' : `is ${quotedValue(value)}`;
    return mistakeAt(line, `${key}${of} ${found}, expected ${expected}`);
  };
  const number = (key: keyof typeof NUMBERS): number => {
    const [least, most] = NUMBERS[key];
    const text = textOf(message.get(key));
    const value = text === '' ? Number.NaN : Number(text);
    if (!(value >= least && value <= most)) throw wrong(key, `a number from ${least} to ${most}`);
    return value;
  };
  for (const [key, form] of Object.entries(ONLY)) {
    const text = textOf(message.get(key));
    if (text !== '' && !form.test(text)) throw wrong(key, 'elements for SGP4, about the Earth, in UTC');
  }
  const epochUnixMs = instantOf(textOf(message.get('EPOCH')));
  if (Number.isNaN(epochUnixMs)) throw wrong('EPOCH', 'an instant such as 2026-01-01T12:00:00.123456');
  const catalogNumber = number('NORAD_CAT_ID');
  const decay = textOf(message.get('DECAY_DATE'));
  const decayUnixMs = decay === '' ? Number.POSITIVE_INFINITY : instantOf(decay);
  if (Number.isNaN(decayUnixMs)) throw wrong('DECAY_DATE', 'a date such as 2026-01-01, or nothing');
  const orbit = json2satrec({
    OBJECT_NAME: name,
    OBJECT_ID: '',
    EPOCH: new Date(epochUnixMs).toISOString(),
    NORAD_CAT_ID: catalogNumber,
    ELEMENT_SET_NO: 0,
    MEAN_MOTION: number('MEAN_MOTION'),
    ECCENTRICITY: number('ECCENTRICITY'),
    INCLINATION: number('INCLINATION'),
    RA_OF_ASC_NODE: number('RA_OF_ASC_NODE'),
    ARG_OF_PERICENTER: number('ARG_OF_PERICENTER'),
    MEAN_ANOMALY: number('MEAN_ANOMALY'),
    BSTAR: number('BSTAR'),
    MEAN_MOTION_DOT: 0, // SGP4 reads neither derivative
    MEAN_MOTION_DDOT: 0,
  });
  return { name: name || null, catalogNumber, epochUnixMs, orbit, isSuperseded: false, decayUnixMs };
};

const textOf = (value: unknown): string => (value === undefined || value === null ? '' : String(value).trim());

/** Unix milliseconds, with all digits of the fraction, of `2026-01-31T12:00:00.5`, `2026-031T12:00:00` or a date alone; else NaN. */
const instantOf = (text: string): number => {
  const found = /^(\d{4})-(?:(\d\d)-(\d\d)|(\d{3}))(?:[T ](\d\d):(\d\d):(\d\d)(\.\d*)?)?Z?$/.exec(text);
  if (found === null) return Number.NaN;
  const [, year, month, day, dayOfYear, hour = '0', minute = '0', second = '0', fraction = ''] = found;
  const [monthIndex, date] = dayOfYear === undefined ? [Number(month) - 1, Number(day)] : [0, Number(dayOfYear)];
  const startMs = Date.UTC(Number(year), monthIndex, date);
  if (dayOfYear === undefined && new Date(startMs).getUTCDate() !== date) return Number.NaN;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return Number.NaN;
  return startMs + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second) + Number(`0${fraction}`)) * 1000;
};
