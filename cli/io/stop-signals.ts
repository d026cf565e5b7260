/** Aborts on Ctrl-C or SIGTERM; a second signal ends the process at once. */
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
