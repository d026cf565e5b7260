import { statSync } from 'node:fs';
import { readScenario } from '../../io/scenario-file.ts';
import type { Scenario } from '../../scenario.ts';
import { fixedHash } from '../../standing-hashes.ts';

/** What to do when a scenario was edited after its compose file was generated: Compose does not look into the files that it mounts. */
export const AFTER_AN_EDIT =
  'where only what routers may be told anew differs, starlane reload FILE; else generate the compose file again (npm run starlane -- compose FILE), then docker compose up -d';

/**
 * Says whether the scenario at `file` is still the one from which the compose file was generated, but for what routers may be told while they
 * run: null, or one line. `generated` is the hash of that scenario, and `read` the one that was just read. It looks at the file again after
 * `everyMs`, and reads it only when it was written to.
 */
export const scenarioEdits = (
  file: string,
  {
    generated,
    read,
    everyMs = 1000,
  }: { readonly generated: string; readonly read: Scenario; readonly everyMs?: number },
): (() => string | null) => {
  const fixed = fixedHash(read);
  let [seen, lookedAtMs, line] = [stampOf(file), performance.now(), lineOf(read.hash === generated)];
  return () => {
    if (performance.now() - lookedAtMs < everyMs) return line;
    lookedAtMs = performance.now();
    const stamp = stampOf(file);
    if (stamp !== seen) {
      const now = readOrNull(file);
      const isSame = now !== null && (now.hash === generated || (read.hash === generated && fixedHash(now) === fixed));
      line = lineOf(isSame);
    }
    seen = stamp;
    return line;
  };
};

/** Whether the scenario at `file` is another than the one with the hash `generated`: null, or one line. Reads it. */
export const editedLine = (file: string, generated: string): string | null =>
  lineOf(readOrNull(file)?.hash === generated);

const lineOf = (isSame: boolean): string | null => (isSame ? null : `the scenario was edited since: ${AFTER_AN_EDIT}`);

const stampOf = (file: string): string => {
  const { mtimeMs = 0, size = 0, ino = 0 } = statSync(file, { throwIfNoEntry: false }) ?? {};
  return `${mtimeMs} ${size} ${ino}`;
};

const readOrNull = (file: string): Scenario | null => {
  try {
    return readScenario(file);
  } catch {
    return null; // it has a mistake now, or is gone
  }
};
