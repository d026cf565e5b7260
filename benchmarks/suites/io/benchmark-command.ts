import { Command } from 'commander';
import { ConfigError } from '../../../core/config/config-error.ts';
import { DiskError } from '../../../core/config/disk-error.ts';
import { EXIT } from '../../../core/process/exit-code.ts';

/**
 * The command line of a benchmark. What is wrong in it, and whatever ends the benchmark early, is told in one line, with the exit
 * codes of `starlane`. What it has opened is closed by its own `finally`, which runs before.
 */
export const benchmarkCommand = (name: string): Command => {
  process.once('uncaughtException', (error) => {
    process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(codeOf(error));
  });
  return new Command(name).exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.done : EXIT.wrongInput));
};

const codeOf = (error: unknown): number => {
  if (error instanceof ConfigError) return EXIT.wrongInput;
  return error instanceof DiskError ? EXIT.diskFull : EXIT.failed;
};
