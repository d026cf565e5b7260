/**
 * Runs work that yields its progress now and then, a share of 0 to 1, and lets signals and timers run in between. Resolves to the
 * result of the work, or to null when `signal` stopped it.
 */
export const inPieces = async <Result>(
  work: Generator<number, Result>,
  { onShare, signal }: { readonly onShare: (share: number) => void; readonly signal: AbortSignal },
): Promise<Result | null> => {
  for (;;) {
    if (signal.aborted) return null;
    const { done, value } = work.next();
    if (done === true) return value;
    onShare(value);
    await new Promise(setImmediate);
  }
};
