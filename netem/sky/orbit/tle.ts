import { type SatRec, twoline2satrec } from 'satellite.js';
import { ConfigError } from '../../../core/config/config-error.ts';

/**
 * The satellites of a text of two-line element sets, in order. Blank lines, comments (`#`) and an optional name line
 * before each set are skipped. `path` is the place of the text in the document.
 * @throws ConfigError with the number of the first wrong line, counted from 1.
 */
export const parseTle = (text: string, path: string): readonly SatRec[] => {
  const satellites: SatRec[] = [];
  let first: { readonly line: string; readonly number: number } | null = null;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trimEnd();
    const number = index + 1;
    const fail = (message: string): never => {
      throw new ConfigError(path, `line ${number} ${message}`);
    };
    if (line === '' || line.startsWith('#')) continue;
    if (first === null) {
      if (!line.startsWith('1 ')) continue; // a name
      checkLine(line, fail);
      first = { line, number };
      continue;
    }
    if (!line.startsWith('2 '))
      fail(`is "${line}", expected the second line of the set that starts at line ${first.number}`);
    checkLine(line, fail);
    if (line.slice(2, 7) !== first.line.slice(2, 7)) fail(`belongs to another satellite than line ${first.number}`);
    const satellite = twoline2satrec(first.line, line);
    if (!ELEMENTS.every((element) => Number.isFinite(satellite[element]))) fail('has a field that is not a number');
    if (satellite.error !== 0) fail(`gives elements that SGP4 cannot use (error ${satellite.error})`);
    satellites.push(satellite);
    first = null;
  }
  if (first !== null) throw new ConfigError(path, `line ${first.number} has no second line after it`);
  if (satellites.length === 0) throw new ConfigError(path, 'holds no two-line element set');
  return satellites;
};

/** All fields that SGP4 reads from the two lines. */
const ELEMENTS = ['epochyr', 'epochdays', 'bstar', 'inclo', 'nodeo', 'ecco', 'argpo', 'mo', 'no'] as const;

const checkLine = (line: string, fail: (message: string) => never): void => {
  if (line.length !== 69) fail(`has ${line.length} characters, expected 69`);
  const expected = checksum(line);
  if (line[68] !== String(expected)) fail(`ends in ${line[68]}, but its checksum is ${expected}`);
};

/** Sum of the digits modulo 10; a minus sign counts as 1. */
const checksum = (line: string): number => {
  let sum = 0;
  for (const character of line.slice(0, 68)) sum += character === '-' ? 1 : Number.parseInt(character, 10) || 0;
  return sum % 10;
};
