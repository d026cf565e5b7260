/** Aborted by Ctrl-C, or by whoever ends this process with SIGTERM; a second one ends it at once. */
export const stopSignals = (): AbortSignal => {
  const stopping = new AbortController();
  const stop = (): void => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    stopping.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return stopping.signal;
};
