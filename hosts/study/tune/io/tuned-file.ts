import { rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { readText } from '../../../../core/config/io/read-text.ts';
import { writeWhole } from '../../../../core/config/io/write-whole.ts';
import { ScenarioSource } from '../../../../scenario/io/scenario-file.ts';
import { resolvedScenario } from '../../../../scenario/resolved-scenario.ts';
import { isBundledTrace } from '../../../../workload/bundled-traces.ts';
import type { Value } from '../dimension.ts';
import { tunedScenario } from '../tuned-scenario.ts';

/**
 * Writes the scenario in `file` with other values to `tuned.yaml` of a folder, and returns its path. Files that it names are found from there. It is read
 * again: what it means differs by these values alone. Throws `ConfigError` and `DiskError`.
 */
export const writeTuned = (
  file: string,
  of: { readonly folder: string; readonly changes: Readonly<Record<string, Value>>; readonly head: readonly string[] },
): string => {
  const { folder, changes, head } = of;
  const path = join(folder, 'tuned.yaml');
  const sets = Object.entries(changes).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  const wanted = new ScenarioSource(file).scenario({ set: sets });
  const fromHere = (name: string): string => {
    const there = relative(resolve(folder), resolve(dirname(file), name));
    return there.startsWith('.') ? there : `./${there}`;
  };
  const named = Object.keys(wanted.files).filter((name) => !isBundledTrace(name));
  const text = readText(file, 'a scenario').replace(
    SCHEMA_OF_EDITORS,
    (_, before: string, name: string) => before + fromHere(name),
  );
  writeWhole(
    path,
    tunedScenario(text, { file, changes, head, renamed: new Map(named.map((name) => [name, fromHere(name)])) }),
  );
  if (resolvedScenario(new ScenarioSource(path).scenario()).hash === resolvedScenario(wanted).hash) return path;
  rmSync(path, { force: true });
  throw new Error(
    `${file} cannot be written with ${sets.join(', ')}: its aliases or merges mean something else then; give them with --set`,
  );
};

/** The comment by which editors find the schema of a file, where it is a relative path. */
const SCHEMA_OF_EDITORS = /(yaml-language-server: \$schema=)(\.{1,2}\/\S+)/;
