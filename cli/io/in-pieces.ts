/**
 * Runs work that yields now and then how far it is, a share of 0 to 1, and lets signals and timers in between. Resolves to what
 * the work returns, or to null when `signal` stopped it.
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
