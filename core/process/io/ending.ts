export interface EndingOptions {
  /** Takes back what the process did. */
  readonly close: () => Promise<void> | void;
  /** Says in one line why it could not. */
  readonly say: (line: string) => void;
  /** Ends the process. */
  readonly exit: (code: number) => void;
}

/**
 * The end of a process, which comes once: it closes and exits with the worst code that anybody asked for until then. What fails
 * while it closes is said in one line and makes the code 1. Later calls wait for the same end, so one that fails asks for no other.
 */
export const endOnce = ({ close, say, exit }: EndingOptions): ((code: number) => Promise<void>) => {
  let ending: Promise<void> | null = null;
  let worst = 0;
  const end = async (): Promise<void> => {
    try {
      await close();
    } catch (error) {
      say(`cannot close: ${error instanceof Error ? error.message : String(error)}`);
      worst ||= 1;
    }
    exit(worst);
  };
  return (code) => {
    worst ||= code;
    ending ??= end();
    return ending;
  };
};
