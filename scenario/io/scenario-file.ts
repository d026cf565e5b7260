import { dirname, resolve } from 'node:path';
import { readText } from '../../core/config/io/read-text.ts';
import { type Overrides, parseScenario, type Scenario } from '../scenario.ts';

/** Reads the scenario at `path` and the files that it names. Throws `ConfigError` when one is missing or wrong. */
export const readScenario = (path: string, overrides: Overrides = {}): Scenario =>
  parseScenario(readText(path, 'a scenario'), path, overrides, (named, what) =>
    readText(resolve(dirname(path), named), what),
  );
