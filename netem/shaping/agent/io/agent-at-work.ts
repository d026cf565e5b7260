/**
 * Resolves once the agent of this network namespace, which answers at `controlPort`, plays its paths. A server that starts to
 * listen only then never carries unshaped bytes, and has no old connections that the agent would have to cut.
 */
export const agentAtWork = async (controlPort: number): Promise<void> => {
  const isAtWork = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${controlPort}/live`, { signal: AbortSignal.timeout(1000) }).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isAtWork())) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
};

const RETRY_MS = 100;
