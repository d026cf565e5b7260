import { z } from 'zod';
import { ConfigError } from '../../../core/config/config-error.ts';
import type { DeploymentEnvironment } from '../../../scenario/deployment/environment.ts';
import { reachedAt } from '../../../scenario/deployment/namespace-plan.ts';
import { CONTROL_PORT } from '../../../scenario/deployment/ports.ts';
import type { Overrides } from '../../../scenario/scenario.ts';

/** What a topology runs, as its routers say it. */
export interface RunningTopology {
  readonly policy: string;
  readonly start: 'cycle' | 'awaited';
  /** What its parts were told over the scenario. */
  readonly overrides: Overrides;
}

export interface AskingOptions {
  /** The containers of its routers. */
  readonly routers: readonly string[];
  readonly deployment: Pick<DeploymentEnvironment, 'isSwarm'>;
  /** Throws when it is known that the topology does not come up. */
  readonly onWaiting: (names: readonly string[]) => void;
  readonly signal: AbortSignal;
}

/** Asks the routers what they run, from beside them. Rejects with one line when one does not answer in time, or when `signal` aborts. */
export const runningTopology = async (options: AskingOptions): Promise<RunningTopology> => {
  const { routers, deployment, onWaiting, signal } = options;
  const deadlineMs = performance.now() + ANSWERS_MS;
  const said = new Map<string, RunningTopology>();
  for (;;) {
    signal.throwIfAborted();
    const silent = routers.filter((router) => !said.has(router));
    await Promise.all(
      silent.map(async (router) => {
        const answer = await answerOf(urlOf(router, deployment));
        if (answer !== null) said.set(router, runningOf(answer));
      }),
    );
    const missing = routers.filter((router) => !said.has(router));
    if (missing.length === 0) return agreedOf(said);
    if (performance.now() > deadlineMs) {
      throw new Error(`${missing[0]} does not answer at ${urlOf(missing[0]!, deployment)}: is the topology up?`);
    }
    onWaiting(missing);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
};

const urlOf = (router: string, deployment: AskingOptions['deployment']): string =>
  `http://${reachedAt(router, deployment)}:${CONTROL_PORT}/health`;

/** Null where it does not answer. */
const answerOf = async (url: string): Promise<unknown> => {
  try {
    return await (await fetch(url, { signal: AbortSignal.timeout(2000) })).json();
  } catch {
    return null;
  }
};

/** @throws ConfigError where routers run different policies. */
export const agreedOf = (said: ReadonlyMap<string, RunningTopology>): RunningTopology => {
  const [[first, running], ...others] = [...said] as [[string, RunningTopology], ...[string, RunningTopology][]];
  const other = others.find(([, { policy }]) => policy !== running.policy);
  if (other === undefined) return running;
  throw new ConfigError(
    'routers',
    `run different policies: ${first} ${running.policy}, ${other[0]} ${other[1].policy}; switch one with POST /admin/policy`,
  );
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
