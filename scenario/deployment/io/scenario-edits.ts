import { statSync } from 'node:fs';
import { readScenario } from '../../io/scenario-file.ts';

/** What to do when a scenario was edited after its compose file was generated: Compose does not look into the files that it mounts. */
export const AFTER_AN_EDIT =
  'generate the compose file again (npm run starlane -- compose FILE), then docker compose up -d';

/**
 * Says whether the scenario at `file` is still the one from which the compose file was generated: null, or one line. `generated` and
 * `read` are the hashes of that scenario and of the one that was just read. It looks at the file again after `everyMs`, and
 * reads it only when it was written to.
 */
export const scenarioEdits = (
  file: string,
  { generated, read, everyMs = 1000 }: { readonly generated: string; readonly read: string; readonly everyMs?: number },
): (() => string | null) => {
  let [seen, lookedAtMs, line] = [stampOf(file), performance.now(), lineOf(read, generated)];
  return () => {
    if (performance.now() - lookedAtMs < everyMs) return line;
    lookedAtMs = performance.now();
    const stamp = stampOf(file);
    if (stamp !== seen) line = editedLine(file, generated);
    seen = stamp;
    return line;
  };
};

/** Whether the scenario at `file` is another than the one with the hash `generated`: null, or one line. Reads it. */
export const editedLine = (file: string, generated: string): string | null => lineOf(hashOf(file), generated);

const lineOf = (hash: string | null, generated: string): string | null =>
  hash === generated ? null : `the scenario was edited since: ${AFTER_AN_EDIT}`;

const stampOf = (file: string): string => {
  const { mtimeMs = 0, size = 0, ino = 0 } = statSync(file, { throwIfNoEntry: false }) ?? {};
  return `${mtimeMs} ${size} ${ino}`;
};

const hashOf = (file: string): string | null => {
  try {
    return readScenario(file).hash;
  } catch {
    return null; // it has a mistake now, or is gone
  }
};
