import type { DiskError } from '../../core/config/disk-error.ts';
import { EXIT } from '../../core/process/exit-code.ts';

/** The exit code of a command that has reported its results. A disk that was full is named in one line. */
export const resultExit = ({ fault, isStopped, valid }: ResultEnd): number => {
  if (fault !== null) {
    process.stderr.write(`starlane: ${fault.message}; the results are partial\n`);
    return EXIT.diskFull;
  }
  if (isStopped) return EXIT.stopped;
  return valid ? EXIT.done : EXIT.failed;
};

interface ResultEnd {
  /** Why a disk did not take all of it; null where it did. */
  readonly fault: DiskError | null;
  readonly isStopped: boolean;
  readonly valid: boolean;
}
