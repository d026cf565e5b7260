import { seededRng } from '../../../core/random/rng.ts';
import type { Clock } from '../../../core/time/clock.ts';
import type { Forecast } from '../../endpoint/forecast.ts';
import { type MeasuredDataPath, measuredDataPath } from '../../io/measured-data-path.ts';
import type { OwnServices } from '../../io/own/own-services.ts';
import { madeRouter } from '../../made-router.ts';
import type { Policy } from '../../pick/policy.ts';
import { dressed, madePolicy } from '../../pick/registry.ts';
import type { PolicyRecipe } from '../../pick/running-policy.ts';
import type { DataPathSettings, RouterSettings } from '../../router-settings.ts';
import type { StandalonePlan } from '../standalone-plan.ts';
import { TokenGate } from './token-gate.ts';

/** The router and the data path of a plan. They do not listen yet. */
export const standaloneRoutes = (
  plan: StandalonePlan,
  {
    clock,
    own,
    worker,
    forecast,
    policy,
  }: {
    readonly clock: Clock;
    readonly own: OwnServices;
    /** The number of this process among those that share the port. */
    readonly worker: number;
    /** Null where nothing is known of the paths ahead of time. */
    readonly forecast: Forecast | null;
    readonly policy: Policy;
  },
): Promise<MeasuredDataPath> => {
  const { endpoints, router, deadlineMs, routed, tokenDigests, tls: clientTls } = plan;
  const { limits, seed, bytesPerToken } = router;
  return measuredDataPath({
    names: endpoints.map(({ name }) => name),
    method: null,
    carrier: router.dataPath,
    policy: router.policy,
    routerWith: (observers, picks) =>
      madeRouter({
        specs: endpoints,
        table: { seed, ...(forecast !== null && { forecast }) },
        settings: plannedSettings(plan),
        policy,
        rng: seededRng(seed)(`worker-${worker}/policy`),
        observers,
        label: `${seed}/worker-${worker}`,
        // Without a forecast the start of a slot is not known, and only a path through space has slots.
        knowsSlots: forecast !== null || !endpoints.some(({ medium }) => medium === 'laser'),
        picks,
      }),
    withProcess: false,
    clock,
    addresses: endpoints.map(({ address, tls }) => ({ ...address, tls })),
    services: routed,
    own,
    gate: tokenDigests === null ? null : new TokenGate(tokenDigests),
    deadlineMs,
    tls: clientTls,
    bytesPerToken,
    // Each worker finds the same: one of them is enough to tell.
    ...(worker === 0 && { tell: (line) => void process.stderr.write(`starlane router: ${line}\n`) }),
    limits: { idleMs: limits.idleS * 1000, maxConnections: limits.maxConnections },
  });
};

/** The settings of a plan, by the names that they have in scenarios. */
export const plannedSettings = ({ router }: StandalonePlan): RouterSettings => ({
  ...router,
  maxOutstanding: router.limits.maxOutstanding,
  queue: router.limits.queue,
});

/** What of a plan is for its data path, by the names that it has in scenarios. */
export const plannedLimits = ({ router: { limits, bytesPerToken } }: StandalonePlan): DataPathSettings => ({
  ...limits,
  bytesPerToken,
});

/** The policy of a plan with its parameters. */
export const plannedPolicy = ({ router: { policy, policies, prices, hysteresis } }: StandalonePlan): PolicyRecipe => ({
  of: [policy, policies[policy]],
  make: () => madePolicy(policy, policies[policy]),
  in: [prices, hysteresis],
  dress: (bare) => dressed(bare, { prices, hysteresis }),
});
