import { ConfigError } from '../core/config/config-error.ts';

/** Requests that were once served, in order of arrival: column arrays of one length. */
export interface Trace {
  /** Seconds since the first arrival. */
  readonly arrivalS: Float64Array;
  readonly promptTokens: Int32Array;
  readonly outputTokens: Int32Array;
}

const HEADER = 'TIMESTAMP,ContextTokens,GeneratedTokens';

/** Parses a trace in the format of the Azure LLM inference dataset. Throws `ConfigError` with the line of a bad row. */
export const parseTrace = (text: string, file: string): Trace => {
  const [header, ...rows] = text.trimEnd().split(/\r?\n/);
  if (header?.trim() !== HEADER) throw mistake(file, 1, `is not a trace: expected the header ${HEADER}`);
  if (rows.length === 0) throw mistake(file, 2, 'is missing; expected at least one request');
  const columns = { arrivalS: [] as number[], promptTokens: [] as number[], outputTokens: [] as number[] };
  for (const [index, row] of rows.entries()) {
    const [timestamp = '', prompt = '', output = ''] = row.split(',');
    const atS = secondsOf(timestamp);
    if (Number.isNaN(atS))
      throw mistake(file, index + 2, `starts with "${timestamp}", expected an instant such as 2023-11-16 18:15:46.68`);
    if (atS < (columns.arrivalS.at(-1) ?? atS)) throw mistake(file, index + 2, 'arrives before the row above it');
    columns.arrivalS.push(atS);
    columns.promptTokens.push(count(prompt, file, index + 2, 'ContextTokens'));
    columns.outputTokens.push(count(output, file, index + 2, 'GeneratedTokens'));
  }
  const firstS = columns.arrivalS[0]!;
  return {
    arrivalS: Float64Array.from(columns.arrivalS, (atS) => atS - firstS),
    promptTokens: Int32Array.from(columns.promptTokens),
    outputTokens: Int32Array.from(columns.outputTokens),
  };
};

/** Seconds of `2023-11-16 18:15:46.6805900`, UTC, with every digit of the fraction. */
const secondsOf = (timestamp: string): number => {
  const [whole = '', fraction = '0'] = timestamp.split('.');
  return Date.parse(`${whole.replace(' ', 'T')}Z`) / 1000 + Number(`0.${fraction}`);
};

const count = (text: string, file: string, line: number, column: string): number => {
  const value = Number(text);
  if (text === '' || !Number.isInteger(value) || value < 1) {
    throw mistake(file, line, `has ${column} "${text}", expected a whole number of at least 1`);
  }
  return value;
};

const mistake = (file: string, line: number, message: string): ConfigError =>
  new ConfigError('', message, { file, line, column: 1 });
