import { parse } from 'yaml';
import { ConfigError } from '../../../core/config/config-error.ts';
import { pathIn } from '../../../core/config/document-edit.ts';
import { variation } from '../vary.ts';
import type { Range, Value } from './dimension.ts';

/** Where a parameter is to be searched, as the user says it. */
export interface TuneRange {
  /** A path in the scenario, or the name of a parameter of the policy. */
  readonly path: string;
  readonly range: Range;
}

/** Reads `spread=0.1..1`, `router.ewma.tauMs=500..20000/500` (in steps) or `objective=ttft,slo`: the grammar of `sweep`, and ranges without a step. Throws `ConfigError`. */
export const tuneRange = (text: string): TuneRange => {
  const equals = text.indexOf('=');
  const path = text.slice(0, Math.max(0, equals));
  const match = RANGE.exec(text.slice(equals + 1));
  if (match === null) {
    const { values } = variation(text);
    return { path, range: { kind: 'values', values: values.map((value) => plainValue(value, text)) } };
  }
  if (pathIn(path) === null)
    throw new ConfigError('--vary', `is "${text}", expected PATH=FROM..TO or PATH=A,B such as spread=0.1..1`);
  const [from, to, step] = [Number(match[1]), Number(match[2]), match[3] === undefined ? null : Number(match[3])];
  if ([from, to, step ?? 0].some((number) => !Number.isFinite(number)))
    throw new ConfigError('--vary', `is "${text}", expected numbers below 1e308`);
  if (!(to > from) || (step !== null && !(step > 0)))
    throw new ConfigError('--vary', `is "${text}", expected a range that goes up`);
  return { path, range: { kind: 'numbers', from, to, isWhole: false, step } };
};

const plainValue = (yaml: string, text: string): Value => {
  const value: unknown = parse(yaml);
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  throw new ConfigError('--vary', `is "${text}", which has ${yaml}; expected numbers, words, true or false`);
};

const NUMBER = String.raw`(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)`;
const RANGE = new RegExp(`^${NUMBER}\\.\\.${NUMBER}(?:/${NUMBER})?$`, 'i');
