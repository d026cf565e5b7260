import { EXIT } from '../../core/process/exit-code.ts';

/**
 * Aborts on Ctrl-C or SIGTERM. A second signal ends the process at once, with code 130: what must not be left behind is undone by
 * listeners of `exit`.
 */
export const stopSignals = (): AbortSignal => {
  const stopping = new AbortController();
  let stoppedAtMs = Number.NaN;
  const stop = (): void => {
    if (!stopping.signal.aborted) {
      stoppedAtMs = performance.now();
      stopping.abort();
    } else if (performance.now() - stoppedAtMs > ONE_PRESS_MS) {
      process.exit(EXIT.stopped);
    }
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return stopping.signal;
};

/** One Ctrl-C may come twice: from the terminal, and passed on by the program that started this one. */
const ONE_PRESS_MS = 300;
