import { type SatRec, twoline2satrec } from 'satellite.js';
import { ConfigError } from '../../../core/config/config-error.ts';

/**
 * The satellites of a text of two-line element sets, in order. Blank lines, comments (`#`) and the name line that may stand
 * before each set are skipped. `path` is where the text stands in the document.
 * @throws ConfigError with the number of the first line that is not right, counting from 1.
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
      fail(`is "${line}", expected the second line of the set that line ${first.number} opens`);
    checkLine(line, fail);
    if (line.slice(2, 7) !== first.line.slice(2, 7)) fail(`is of another satellite than line ${first.number}`);
    const satellite = twoline2satrec(first.line, line);
    if (!ELEMENTS.every((element) => Number.isFinite(satellite[element]))) fail('has a field that is no number');
    if (satellite.error !== 0) fail(`gives elements that SGP4 cannot use (error ${satellite.error})`);
    satellites.push(satellite);
    first = null;
  }
  if (first !== null) throw new ConfigError(path, `line ${first.number} has no second line after it`);
  if (satellites.length === 0) throw new ConfigError(path, 'holds no two-line element set');
  return satellites;
};

/** All that SGP4 reads of the two lines. */
const ELEMENTS = ['epochyr', 'epochdays', 'bstar', 'inclo', 'nodeo', 'ecco', 'argpo', 'mo', 'no'] as const;

const checkLine = (line: string, fail: (message: string) => never): void => {
  if (line.length !== 69) fail(`has ${line.length} characters, expected 69`);
  const expected = checksum(line);
  if (line[68] !== String(expected)) fail(`ends in ${line[68]}, but its checksum is ${expected}`);
};

/** Modulo 10: digits count as themselves, minus signs as 1. */
const checksum = (line: string): number => {
  let sum = 0;
  for (const character of line.slice(0, 68)) sum += character === '-' ? 1 : Number.parseInt(character, 10) || 0;
  return sum % 10;
};
