import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunResult } from '../../../report/summary-schema.ts';
import { simulatedSummary } from './simulated-summary.ts';

const FOLDER = 'results/scenarios';

/**
 * The runs of a policy on a scenario under `seeds` seeds: those that an earlier, interrupted command of the same `commit` left behind, or new ones.
 * Where files differ from their commit, nothing is taken from earlier.
 */
export const keptRuns = async (
  file: string,
  of: { readonly policy: string; readonly set: readonly string[]; readonly seeds: number },
  commit: string | null,
): Promise<readonly RunResult[]> => {
  const kept = commit === null || commit.endsWith('+') ? null : join(FOLDER, commit, `${keyOf(file, of)}.json`);
  const earlier = kept === null ? null : readRuns(kept);
  if (earlier !== null && earlier.length >= of.seeds) return earlier.slice(0, of.seeds);
  const folder = mkdtempSync(join(tmpdir(), 'starlane-study-'));
  try {
    const { policy, set, seeds } = of;
    const { runs } = await simulatedSummary(file, { policies: [policy], set, seeds }, folder);
    const inOrder = runs.toSorted((a, b) => a.key.repetition - b.key.repetition);
    if (kept !== null) writeRuns(kept, inOrder);
    return inOrder;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const keyOf = (file: string, { policy, set }: { readonly policy: string; readonly set: readonly string[] }): string =>
  `${policy.replaceAll(/[^\w-]/g, '_')}-${createHash('sha256')
    .update(JSON.stringify([file, policy, set]))
    .digest('hex')
    .slice(0, 16)}`;

const readRuns = (file: string): readonly RunResult[] | null => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as readonly RunResult[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
};

/** Whole or not at all: a file that was cut off would be taken for one of fewer runs. */
const writeRuns = (file: string, runs: readonly RunResult[]): void => {
  mkdirSync(join(file, '..'), { recursive: true });
  const whole = `${file}.${process.pid}`;
  writeFileSync(whole, JSON.stringify(runs));
  renameSync(whole, file);
};
