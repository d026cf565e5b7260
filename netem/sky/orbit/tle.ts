import { twoline2satrec } from 'satellite.js';
import { eachLine, type MistakeAt, quotedValue } from '../../../core/text/text-lines.ts';
import { type ElementSet, elementSetOf } from './element-set.ts';

/**
 * The satellites of a text of two-line element sets, in order, with or without a line with the name before each, which may begin
 * with `0 `. Blank lines and comments (`#`) are skipped, and so are spaces at both ends of a line. Catalogue numbers may be
 * alpha-5. Source of the format: CelesTrak and Space-Track, their descriptions of TLE, 3LE and alpha-5.
 * Throws what `mistakeAt` makes of the first wrong line. Elements for which SGP4 finds no orbit are no mistake.
 */
export const parseTle = (text: string, mistakeAt: MistakeAt): readonly ElementSet[] => {
  const sets: ElementSet[] = [];
  let name: string | null = null;
  let first: Line | null = null;
  const take = ({ line, number }: Line, following: string): void => {
    const fail = (message: string): never => {
      throw mistakeAt(number, message);
    };
    if (first !== null) {
      if (!line.startsWith('2 '))
        fail(`is ${quotedValue(line)}, expected the second line of the set that starts at line ${first.number}`);
      checkLine(line, SECOND_LINE, fail);
      if (line.slice(2, 7) !== first.line.slice(2, 7)) fail(`belongs to another satellite than line ${first.number}`);
      const catalogNumber = catalogNumberOf(line.slice(2, 7));
      sets.push(elementSetOf(twoline2satrec(first.line, line), { name, catalogNumber }));
      [name, first] = [null, null];
    } else if (line.startsWith('1 ') && !(line.length < LENGTH && following.startsWith('1 '))) {
      checkLine(line, FIRST_LINE, fail);
      first = { line, number };
    } else name = line.replace(/^0 /, '').trim() || null;
  };
  let held: Line | null = null; // a name may begin with "1 ": what follows tells
  eachLine(text, (raw, number) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return;
    if (held !== null) take(held, line);
    held = { line, number };
  });
  if (held !== null) take(held, '');
  const unfinished = first as Line | null;
  if (unfinished !== null) throw mistakeAt(unfinished.number, 'has no second line after it');
  return sets;
};

interface Line {
  readonly line: string;
  readonly number: number;
}

const LENGTH = 69;

/** The number behind five characters, of which the first may be a letter: A is 10, Z is 33, and there is no I and no O. */
const catalogNumberOf = (text: string): number => {
  const letter = ALPHA_5.indexOf(text[0]!);
  return letter === -1 ? Number(text) : (letter + 10) * 10_000 + Number(text.slice(1));
};

const ALPHA_5 = 'ABCDEFGHJKLMNPQRSTUVWXYZ';

/** A field of a line: what it is called, its columns counted from 0, its form, and its range. */
interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly form: RegExp;
  readonly expected: string;
  readonly least?: number;
  readonly most?: number;
}

const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)\s*$/;
const NUMBERED: Field = {
  name: 'catalogue number',
  from: 2,
  to: 7,
  form: /^(\s*\d+|[A-HJ-NP-Z]\d{4})$/,
  expected: 'five digits, or a letter but I and O and four digits',
};
const angle = (name: string, from: number, to: number, most: number): Field => {
  return { name, from, to, form: NUMBER, expected: 'degrees', least: 0, most };
};

const FIRST_LINE: readonly Field[] = [
  NUMBERED,
  { name: 'year of the epoch', from: 18, to: 20, form: /^[ \d]\d$/, expected: 'two digits' },
  { name: 'day of the epoch', from: 20, to: 32, form: NUMBER, expected: 'a day of the year', least: 1, most: 367 },
  {
    name: 'drag term',
    from: 53,
    to: 61,
    form: /^[ +-]?\s*\d+[+-]?\d?$/,
    expected: 'a number such as 12345-4',
  },
];

const SECOND_LINE: readonly Field[] = [
  NUMBERED,
  angle('inclination', 8, 16, 180),
  angle('right ascension', 17, 25, 360),
  { name: 'eccentricity', from: 26, to: 33, form: /^[ \d]*\d$/, expected: 'seven digits' },
  angle('argument of perigee', 34, 42, 360),
  angle('mean anomaly', 43, 51, 360),
  {
    name: 'mean motion',
    from: 52,
    to: 63,
    form: NUMBER,
    expected: 'revolutions a day',
    least: 0.01,
    most: 20,
  },
];

const checkLine = (line: string, fields: readonly Field[], fail: (message: string) => never): void => {
  if (line.length !== LENGTH) fail(`has ${line.length} characters, expected ${LENGTH}`);
  const expected = checksum(line);
  if (line[68] !== String(expected)) fail(`ends in ${line[68]}, but its checksum is ${expected}`);
  for (const { name, from, to, form, expected: wish, least, most } of fields) {
    const field = line.slice(from, to);
    const value = Number(field);
    if (form.test(field) && !(least !== undefined && value < least) && !(most !== undefined && value > most)) continue;
    const range = least === undefined ? '' : ` from ${least} to ${most}`;
    fail(`has ${quotedValue(field.trim())} as ${name}, expected ${wish}${range}`);
  }
};

/** Sum of the digits modulo 10; a minus sign counts as 1. */
const checksum = (line: string): number => {
  let sum = 0;
  for (let index = 0; index < LENGTH - 1; index++) {
    const code = line.charCodeAt(index);
    if (code >= 0x30 && code <= 0x39) sum += code - 0x30;
    else if (code === 0x2d) sum++;
  }
  return sum % 10;
};
