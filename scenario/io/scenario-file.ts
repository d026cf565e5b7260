import { dirname, resolve } from 'node:path';
import { readText } from '../../core/config/io/read-text.ts';
import { type Overrides, parseScenario, type Scenario } from '../scenario.ts';

/** Reads the scenario in the file at `path`, and beside it those it names. Throws `ConfigError` when one is absent or wrong. */
export const readScenario = (path: string, overrides: Overrides = {}): Scenario =>
  parseScenario(readText(path, 'a scenario'), path, overrides, (named) =>
    readText(resolve(dirname(path), named), 'a trace'),
  );
