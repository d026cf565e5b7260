import { z } from 'zod';
import { ConfigError } from '../../../core/config/config-error.ts';
import type { DeploymentEnvironment } from '../../../scenario/deployment/environment.ts';
import { ROUTER, reachedAt } from '../../../scenario/deployment/namespace-plan.ts';
import { CONTROL_PORT } from '../../../scenario/deployment/ports.ts';
import type { Overrides } from '../../../scenario/scenario.ts';

/** What a topology runs, as its router says it. */
export interface RunningTopology {
  readonly policy: string;
  readonly start: 'cycle' | 'awaited';
  /** What its parts were told over the scenario. */
  readonly overrides: Overrides;
}

export interface AskingOptions {
  readonly deployment: Pick<DeploymentEnvironment, 'isSwarm'>;
  /** Throws when it is known that the topology does not come up. */
  readonly onWaiting: (names: readonly string[]) => void;
  readonly signal: AbortSignal;
}

/** Asks the router what it runs, from beside it. Rejects with one line when it does not answer in time, or when `signal` aborts. */
export const runningTopology = async ({ deployment, onWaiting, signal }: AskingOptions): Promise<RunningTopology> => {
  const url = `http://${reachedAt(ROUTER, deployment)}:${CONTROL_PORT}/health`;
  const deadlineMs = performance.now() + ANSWERS_MS;
  for (;;) {
    signal.throwIfAborted();
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
      return runningOf(await response.json());
    } catch (error) {
      if (error instanceof ConfigError) throw error;
      if (performance.now() > deadlineMs) throw new Error(`the router does not answer at ${url}: is the topology up?`);
    }
    onWaiting([ROUTER]);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
};

/** @throws ConfigError where the answer is that of another version of the router. */
export const runningOf = (health: unknown): RunningTopology => {
  const parsed = healthSchema.safeParse(health);
  if (!parsed.success) throw new ConfigError('router', 'does not say what it runs: bring the topology up again');
  const { policy, told } = parsed.data;
  const { start, seed, durationS, ratePerS } = told;
  return {
    policy,
    start,
    overrides: {
      ...(seed !== undefined && { seed }),
      ...(durationS !== undefined && { durationS }),
      ...(ratePerS !== undefined && { ratePerS }),
    },
  };
};

/** @throws ConfigError where the environment of the load asks for another policy or seed than the topology runs. */
export const checkAsked = (
  asked: Pick<DeploymentEnvironment, 'policy' | 'overrides'>,
  { running, seed }: { readonly running: RunningTopology; readonly seed: number },
): void => {
  const { policy, overrides } = asked;
  if (policy !== null && policy !== running.policy) {
    throw new ConfigError(
      'STARLANE_POLICY',
      `is ${policy}, but the topology runs ${running.policy}: leave it out, or switch with load --policy ${policy}`,
    );
  }
  if (overrides.seed !== undefined && overrides.seed !== seed) {
    throw new ConfigError(
      'STARLANE_SEED',
      `is ${overrides.seed}, but the topology runs ${seed}: leave it out, or bring the topology up with it`,
    );
  }
};

const healthSchema = z.object({
  policy: z.string(),
  told: z.object({
    start: z.enum(['cycle', 'awaited']),
    seed: z.number().optional(),
    durationS: z.number().optional(),
    ratePerS: z.number().optional(),
  }),
});

const ANSWERS_MS = 120_000;
const RETRY_MS = 200;
