import { dirname, resolve } from 'node:path';
import { readText } from '../../core/config/io/read-text.ts';
import { type FlagOf, type Overrides, parseScenario, type Scenario } from '../scenario.ts';

/** Reads the scenario at `path` and the files that it names. Throws `ConfigError` when one is missing or wrong. */
export const readScenario = (path: string, overrides: Overrides = {}): Scenario =>
  new ScenarioSource(path).scenario(overrides);

/**
 * A scenario file that is read once, and the files that it names: scenarios under many overrides come from one text, also where somebody
 * edits the file meanwhile.
 */
export class ScenarioSource {
  readonly path: string;
  readonly #text: string;
  readonly #named = new Map<string, string>();

  /** Throws `ConfigError` where the file cannot be read. */
  constructor(path: string) {
    this.path = path;
    this.#text = readText(path, 'a scenario');
  }

  /** `flagOf` says on which option a value of `overrides.set` was given, for messages. Throws `ConfigError` when something is wrong. */
  scenario(overrides: Overrides = {}, flagOf?: FlagOf): Scenario {
    return parseScenario(this.#text, this.path, overrides, (named, what) => this.#textOf(named, what), flagOf);
  }

  #textOf(named: string, what: string): string {
    const known = this.#named.get(named);
    if (known !== undefined) return known;
    const text = readText(resolve(dirname(this.path), named), what);
    this.#named.set(named, text);
    return text;
  }
}
