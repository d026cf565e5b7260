import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Suite } from '../suite.ts';
import type { SuiteResult } from '../suite-result.ts';
import { conditionsOfSuite, suiteResult } from './print-rows.ts';

/** Where and how a suite runs. */
export interface SuiteRun {
  /** The root of the project, or of another commit of it. */
  readonly tree: string;
  /** Its commit; that of this checkout where it is null. */
  readonly commit: string | null;
  /** What the user tells the suite besides. */
  readonly args: readonly string[];
  readonly signal: AbortSignal;
}

/** Runs a suite and reads its figures; its progress goes to standard error. Rejects where it fails, or has none. */
export const measuredSuite = async (suite: Suite, run: SuiteRun): Promise<SuiteResult> => {
  const { rows } = suite;
  if (rows === null) throw new Error(`${suite.name} only prints`);
  const folder = mkdtempSync(join(tmpdir(), 'starlane-bench-'));
  try {
    const conditions = conditionsOfSuite(suite.name);
    const { printed, code } = await ended(started(suite, [...rows.args(folder), ...run.args], run, 'pipe'), run.signal);
    if (run.signal.aborted) throw new Error(`${suite.name} was stopped`);
    if (code !== 0) throw new Error(`${suite.name} ended with code ${code}`);
    const read = rows.read(printed, (file) => readFileSync(join(folder, file), 'utf8'));
    return suiteResult({ ...conditions, commit: run.commit ?? conditions.commit }, read);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Runs a suite as it is, with its own output. Resolves to its exit code. */
export const shownSuite = async (suite: Suite, run: SuiteRun): Promise<number> =>
  (await ended(started(suite, run.args, run, 'inherit'), run.signal)).code;

const started = (suite: Suite, args: readonly string[], { tree }: SuiteRun, out: 'pipe' | 'inherit'): ChildProcess =>
  spawn(process.execPath, [...(suite.nodeArgs ?? []), suite.script, ...args], {
    cwd: tree,
    stdio: ['ignore', out, 'inherit'],
  });

const ended = (
  child: ChildProcess,
  signal: AbortSignal,
): Promise<{ readonly printed: string; readonly code: number }> =>
  new Promise((resolve, reject) => {
    let printed = '';
    const stop = (): void => void child.kill('SIGTERM');
    signal.addEventListener('abort', stop, { once: true });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    child.once('error', reject);
    child.once('close', (code, killedBy) => {
      signal.removeEventListener('abort', stop);
      if (killedBy !== null && !signal.aborted) reject(new Error(`it was ended by ${killedBy}`));
      else resolve({ printed, code: code ?? 1 });
    });
  });
