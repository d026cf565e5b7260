import { type Command, InvalidArgumentError } from 'commander';
import type { Overrides } from '../scenario/scenario.ts';

/** The options of both `simulate` and `run`. */
export interface RunOptions {
  readonly policy: readonly string[];
  readonly seed?: number;
  /** Seconds. */
  readonly duration?: number;
  /** Requests per second. */
  readonly rate?: number;
  /** Values of the scenario, as `PATH=VALUE`. */
  readonly set: readonly string[];
  readonly out?: string;
  readonly json: boolean;
}

const DEFAULT_POLICIES: readonly string[] = ['round-robin', 'least-request', 'peak-ewma', 'ephemeris'];

export const withRunOptions = (command: Command): Command =>
  withSetOption(command.argument('<file>', 'the scenario, a YAML file'))
    .option('-p, --policy <a,b,c>', 'routing policies to compare, one run each', policyList, DEFAULT_POLICIES)
    .option('-s, --seed <n>', 'the seed, instead of the scenario’s', seedNumber)
    .option('-d, --duration <time>', 'how long requests are sent, instead of the scenario’s: 90, 90s, 10m, 2h', seconds)
    .option('-r, --rate <n>', 'requests per second over all clients, instead of the scenario’s', positive)
    .option('-o, --out <dir>', 'where to write the results (default: results/<scenario>-<command>)')
    .option('--json', 'print the summary as JSON instead of tables', false);

/** The option of commands that take values of the scenario on the command line. */
export const withSetOption = (command: Command): Command =>
  command.option(
    '--set <path=value>',
    'any value instead of the scenario’s, such as router.ewma.tauMs=500; several times',
    (text: string, before: readonly string[]) => [...before, text],
    [],
  );

export const overridesOf = ({ seed, duration, rate, set }: Omit<RunOptions, 'policy' | 'json'>): Overrides => ({
  ...(seed === undefined ? {} : { seed }),
  ...(duration === undefined ? {} : { durationS: duration }),
  ...(rate === undefined ? {} : { ratePerS: rate }),
  ...(set.length === 0 ? {} : { set }),
});

/** Names of policies on the command line. */
export const policyList = (text: string): readonly string[] => {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('Expected names separated by commas.');
  return [...new Set(names)];
};

/** A whole number within bounds on the command line. */
export function wholeFrom(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,15}$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
    return value;
  };
}

/** A seed on the command line. */
export const seedNumber = wholeFrom(0, 999_999_999_999_999);

/** A port on the command line; 0 lets the system choose. */
export const portNumber = wholeFrom(0, 65_535);

/** A rate on the command line. */
export const positive = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0) || value > 1_000_000) {
    throw new InvalidArgumentError('Expected a number above 0 and at most 1000000.');
  }
  return value;
};

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600 };

/** A time on the command line, in seconds: above 0 and at most a day. */
export const seconds = (text: string): number => {
  const match = /^(\d+(?:\.\d+)?)(s|m|h|)$/.exec(text);
  const value = match === null ? Number.NaN : Number(match[1]) * UNITS[match[2]!]!;
  if (!(value > 0) || value > 86_400)
    throw new InvalidArgumentError('Expected a time such as 90, 90s, 10m or 2h, at most 24h.');
  return value;
};
