import { dirname, resolve } from 'node:path';
import { readText } from '../../core/config/io/read-text.ts';
import { type ReloadedScenario, reloadedScenario } from '../reloaded-scenario.ts';
import type { Overrides, Scenario } from '../scenario.ts';

/** Where an edited scenario is, for one that runs. */
export interface ReloadSource {
  readonly file: string;
  /** Its text and those of its policies by the names in it; null where they are read from the file and beside it. */
  readonly texts: { readonly scenario: string; readonly policies: Readonly<Record<string, string>> } | null;
  /** What was said over the scenario that runs. */
  readonly overrides: Overrides;
  /** The names of policies and variants that run. */
  readonly policies: readonly string[];
}

/** Reads an edited scenario for a run that goes on. Throws `ConfigError`. */
export const readReloaded = (running: Scenario, source: ReloadSource): ReloadedScenario => {
  const { file, texts, overrides, policies } = source;
  return reloadedScenario(running, {
    text: texts?.scenario ?? readText(file, 'a scenario'),
    textOf: (named, what) => texts?.policies[named] ?? readText(resolve(dirname(file), named), what),
    ...{ file, overrides, policies },
  });
};
