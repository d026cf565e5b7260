import { dirname, resolve } from 'node:path';
import { readText } from '../../core/config/io/read-text.ts';
import { isBundledTrace } from '../../workload/bundled-traces.ts';
import { bundledPath } from '../../workload/trace/io/bundled-trace.ts';
import { fileSource } from '../../workload/trace/io/file-source.ts';
import type { TraceWindow } from '../../workload/trace/trace-window.ts';
import { windowText } from '../../workload/trace/window-text.ts';
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
  /** Texts by the name of a file, or by what names a window of a trace. */
  readonly #known = new Map<string, string>();

  /** Throws `ConfigError` where the file cannot be read. */
  constructor(path: string) {
    this.path = path;
    this.#text = readText(path, 'a scenario');
  }

  /** `flagOf` says on which option a value of `overrides.set` was given, for messages. Throws `ConfigError` when something is wrong. */
  scenario(overrides: Overrides = {}, flagOf?: FlagOf): Scenario {
    return parseScenario(
      this.#text,
      this.path,
      overrides,
      (named, what) => this.#once(named, () => readText(this.#beside(named), what)),
      flagOf,
      (window) => this.#once(JSON.stringify(window), () => this.#windowText(window)),
    );
  }

  #windowText(window: TraceWindow): string {
    const { file } = window;
    return windowText(fileSource(isBundledTrace(file) ? bundledPath(file) : this.#beside(file), file), window);
  }

  #beside(named: string): string {
    return resolve(dirname(this.path), named);
  }

  #once(name: string, read: () => string): string {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const text = read();
    this.#known.set(name, text);
    return text;
  }
}
