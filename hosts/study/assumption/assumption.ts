import { ConfigError } from '../../../core/config/config-error.ts';
import type { Scenario } from '../../../scenario/scenario.ts';

/** Something that a scenario takes for true and nobody has measured for it, and how far it may be from the truth. */
export interface Assumption {
  /** What it is called on the command line. */
  readonly name: string;
  /** What its values are, such as `cables, times the great circle`. */
  readonly title: string;
  /** The value of the scenario. */
  readonly usual: string;
  /** The least and the most that are plausible, without the scenario's own. */
  readonly values: readonly string[];
  /** Where those come from. */
  readonly source: string;
  /** What `--set` would be to assume `value`. Throws `ConfigError` for what is no value of it. */
  set(value: string): readonly string[];
}

/** The assumptions of one kind that the scenario rests on; none where it does not. */
export type AssumptionsOf = (scenario: Scenario) => readonly Assumption[];

/** Reads a value that is a number within bounds. Throws `ConfigError`. */
export const numberOf = (
  value: string,
  { name, least, most }: { readonly name: string; readonly least: number; readonly most: number },
): number => {
  const number = Number(value);
  if (value.trim() === '' || !(number >= least && number <= most))
    throw new ConfigError('--vary-assumption', `has ${name}=${value}, expected a number from ${least} to ${most}`);
  return number;
};

/** Both values without that of the scenario, which was simulated already. */
export const beside = (usual: string, values: readonly string[]): readonly string[] =>
  values.filter((value) => Number(value) !== Number(usual));

/** `value` as YAML of one line. */
export const yamlOf = (value: unknown): string => JSON.stringify(value);
