import { dirname, resolve } from 'node:path';
import { readText } from '../../core/config/io/read-text.ts';
import { isBundledTrace } from '../../workload/bundled-traces.ts';
import { bundledPath } from '../../workload/trace/io/bundled-trace.ts';
import { fileSource } from '../../workload/trace/io/file-source.ts';
import { windowText } from '../../workload/trace/window-text.ts';
import { type Overrides, parseScenario, type Scenario } from '../scenario.ts';

/** Reads the scenario at `path` and the files that it names. Throws `ConfigError` when one is missing or wrong. */
export const readScenario = (path: string, overrides: Overrides = {}): Scenario => {
  const beside = (named: string): string => resolve(dirname(path), named);
  return parseScenario(
    readText(path, 'a scenario'),
    path,
    overrides,
    (named, what) => readText(beside(named), what),
    (window) =>
      windowText(
        isBundledTrace(window.file)
          ? fileSource(bundledPath(window.file), window.file)
          : fileSource(beside(window.file), window.file),
        window,
      ),
  );
};
