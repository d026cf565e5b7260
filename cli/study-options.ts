import { join } from 'node:path';
import type { Command } from 'commander';
import { DiskError } from '../core/config/disk-error.ts';
import { writeWhole } from '../core/config/io/write-whole.ts';
import { EXIT } from '../core/process/exit-code.ts';
import { Studies } from '../hosts/study/io/studies.ts';
import { commitOf } from '../report/io/commit.ts';
import { type RunOptions, wholeFrom, withRunOptions } from './run-options.ts';

/** The options of commands that simulate a scenario several times over. */
export interface StudyOptions extends RunOptions {
  readonly repeat: number;
  readonly workers?: number;
}

/** `repeat` is how many seeds there are by default, `each` what has so many. */
export const withStudyOptions = (
  command: Command,
  { repeat, each }: { readonly repeat: number; readonly each: string },
): Command =>
  withRunOptions(command)
    .option(
      '-n, --repeat <n>',
      `repetitions of each ${each}, each under a seed of its own`,
      wholeFrom(1, 10_000),
      repeat,
    )
    .option('-w, --workers <n>', 'how many threads share the runs; results do not depend on it', wholeFrom(1, 256));

/** The studies of a command whose results are in `folder`. Throws `ConfigError` and `DiskError` where there can be no files. */
export const studiesIn = (folder: string, { workers }: Pick<StudyOptions, 'workers'>, signal: AbortSignal): Studies =>
  new Studies(folder, {
    workers,
    workerModule: new URL('../parts/simulator.ts', import.meta.url).href,
    commit: commitOf(),
    signal,
  });

/** Runs `work`, and resolves to what it failed with, so that what was measured until then is reported; to null where nothing failed. */
export const failureOf = async (work: () => Promise<void>): Promise<Error | null> => {
  try {
    await work();
    return null;
  } catch (error) {
    return error as Error;
  }
};

/** Writes each file of a folder as a whole. The first that the disk does not take is named in what it returns; null where it took all. */
export const writtenResults = (folder: string, files: Readonly<Record<string, string>>): DiskError | null => {
  try {
    for (const [name, text] of Object.entries(files)) writeWhole(join(folder, name), text);
    return null;
  } catch (error) {
    if (error instanceof DiskError) return error;
    throw error;
  }
};

/** The exit code of a command that has reported what it measured. What failed is told in one line. */
export const studyExit = (of: {
  readonly failure: Error | null;
  readonly isStopped: boolean;
  readonly valid: boolean;
}): number => {
  const { failure, isStopped, valid } = of;
  if (failure !== null) {
    process.stderr.write(`starlane: ${failure.message}; the results are partial\n`);
    return failure instanceof DiskError ? EXIT.diskFull : EXIT.failed;
  }
  if (isStopped) return EXIT.stopped;
  return valid ? EXIT.done : EXIT.failed;
};
