import { EXIT } from '../exit-code.ts';

export interface EndingOptions {
  /** Undoes what the process did. */
  readonly close: () => Promise<void> | void;
  /** Reports in one line why closing failed. */
  readonly say: (line: string) => void;
  /** Ends the process. */
  readonly exit: (code: number) => void;
}

/**
 * Ends a process exactly once: it closes and exits with the worst code that was asked for until then. An error while closing
 * is reported in one line and makes the code that of a failure. Later calls wait for the same end.
 */
export const endOnce = ({ close, say, exit }: EndingOptions): ((code: number) => Promise<void>) => {
  let ending: Promise<void> | null = null;
  let worst: number = EXIT.done;
  const end = async (): Promise<void> => {
    try {
      await close();
    } catch (error) {
      say(`cannot close: ${error instanceof Error ? error.message : String(error)}`);
      worst ||= EXIT.failed;
    }
    exit(worst);
  };
  return (code) => {
    worst ||= code;
    ending ??= end();
    return ending;
  };
};
