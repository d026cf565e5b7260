import { dirname, resolve } from 'node:path';
import { readText } from '../../core/config/io/read-text.ts';
import { type ReloadedScenario, reloadedScenario } from '../reloaded-scenario.ts';
import type { Overrides, Scenario } from '../scenario.ts';

/** Reads the edited scenario at `path`, and the policies beside it, for a run that goes on. Throws `ConfigError`. */
export const readReloaded = (
  path: string,
  running: Scenario,
  { overrides, policies }: { readonly overrides: Overrides; readonly policies: readonly string[] },
): ReloadedScenario =>
  reloadedScenario(running, {
    text: readText(path, 'a scenario'),
    file: path,
    overrides,
    textOf: (named, what) => readText(resolve(dirname(path), named), what),
    policies,
  });
