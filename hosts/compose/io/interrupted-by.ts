import { docker } from './docker.ts';

/**
 * Runs `work`, which starts a container and ends with it. When `signal` aborts, the container is asked to stop, as soon as it exists; its
 * remaining output is then up to `work`. Rejects at once where `signal` has aborted before.
 */
export const interruptedBy = async <Result>(
  signal: AbortSignal | undefined,
  container: string,
  work: () => Promise<Result>,
): Promise<Result> => {
  signal?.throwIfAborted();
  let hasEnded = false;
  const interrupt = async (): Promise<void> => {
    while (!hasEnded && !(await docker(['kill', '--signal', 'INT', container]).then(isSo, isNotSo))) {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS)); // the container does not exist yet
    }
  };
  const onAbort = (): void => void interrupt();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await work();
  } finally {
    hasEnded = true;
    signal?.removeEventListener('abort', onAbort);
  }
};

const RETRY_MS = 200;

const isSo = (): boolean => true;
const isNotSo = (): boolean => false;
