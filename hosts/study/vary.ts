import { ConfigError } from '../../core/config/config-error.ts';
import { documentEdit, pathIn } from '../../core/config/document-edit.ts';

/** A value of a scenario that takes several values in turn. */
export interface Variation {
  /** Its path in the scenario, or `policy`. */
  readonly path: string;
  /** The values as YAML. */
  readonly values: readonly string[];
}

/** Reads `load.ratePerS=10..50/10` (from, to, step) or `policy=a,b`: the values of a sweep. Throws `ConfigError`. */
export const variation = (text: string): Variation => {
  const equals = text.indexOf('=');
  const path = text.slice(0, Math.max(0, equals));
  const given = text.slice(equals + 1);
  if (pathIn(path) === null || given.trim() === '') throw new ConfigError('--vary', `is "${text}", ${EXPECTED}`);
  const values = rangeIn(given, text) ?? given.split(',').map((value) => value.trim());
  for (const value of values) {
    if (value === '') throw new ConfigError('--vary', `is "${text}", which has an empty value; ${EXPECTED}`);
    documentEdit('--vary', `${path}=${value}`); // it is YAML
  }
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) throw new ConfigError('--vary', `is "${text}", which has ${twice} twice`);
  return { path, values };
};

const EXPECTED = 'expected PATH=FROM..TO/STEP or PATH=A,B such as load.ratePerS=10..50/10';

/** Null where it is no range. */
const rangeIn = (given: string, text: string): readonly string[] | null => {
  const match = RANGE.exec(given);
  if (match === null) return null;
  const [from, to, step] = match.slice(1).map(Number) as [number, number, number];
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  if (!(step > 0) || count < 1) throw new ConfigError('--vary', `is "${text}", expected a range that goes up`);
  if (count > MOST_VALUES) throw new ConfigError('--vary', `is "${text}", expected at most ${MOST_VALUES} values`);
  const decimals = Math.min(MOST_DECIMALS, Math.max(decimalsIn(match[1]!), decimalsIn(match[3]!)));
  return Array.from({ length: count }, (_, index) => String(Number((from + index * step).toFixed(decimals))));
};

/** How many places behind the point a number has as it is written. */
const decimalsIn = (text: string): number => {
  const [digits = '', exponent = '0'] = text.toLowerCase().split('e');
  return Math.max(0, (digits.split('.')[1]?.length ?? 0) - Number(exponent));
};

const MOST_DECIMALS = 100;

const NUMBER = String.raw`(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)`;
const RANGE = new RegExp(`^${NUMBER}\\.\\.${NUMBER}/${NUMBER}$`, 'i');

const MOST_VALUES = 10_000;

/** One point of a sweep: a value of each variation. */
export interface SweepPoint {
  /** As YAML, by path, in the order of the variations. */
  readonly values: Readonly<Record<string, string>>;
  /** What `--set` would be for the point. */
  readonly set: readonly string[];
  /** Null where policies do not vary. */
  readonly policy: string | null;
}

/** Every combination of values; the last variation changes fastest. Throws `ConfigError` for a path that varies twice. */
export const sweepPoints = (variations: readonly Variation[]): readonly SweepPoint[] => {
  const paths = variations.map(({ path }) => path);
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined) throw new ConfigError('--vary', `has ${twice} twice`);
  const count = variations.reduce((product, { values }) => product * values.length, 1);
  if (count > MOST_VALUES)
    throw new ConfigError('--vary', `makes ${count} combinations, expected at most ${MOST_VALUES}`);
  let points: readonly (readonly (readonly [string, string])[])[] = [[]];
  for (const { path, values } of variations) {
    points = points.flatMap((before) => values.map((value) => [...before, [path, value] as const]));
  }
  return points.map((of) => ({
    values: Object.fromEntries(of),
    set: of.filter(([path]) => path !== POLICY).map(([path, value]) => `${path}=${value}`),
    policy: of.find(([path]) => path === POLICY)?.[1] ?? null,
  }));
};

/** The path that stands for the policy of a run: policies vary as values of the scenario do. */
const POLICY = 'policy';
