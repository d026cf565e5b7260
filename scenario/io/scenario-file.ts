import { readText } from '../../core/config/io/read-text.ts';
import { type Overrides, parseScenario, type Scenario } from '../scenario.ts';

/** Reads the scenario in the file at `path`. Throws `ConfigError` when it cannot be read or is wrong. */
export const readScenario = (path: string, overrides: Overrides = {}): Scenario =>
  parseScenario(readText(path, 'a scenario'), path, overrides);
