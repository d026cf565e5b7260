import { type Rng, seededRng } from '../core/random/rng.ts';
import { AttemptRules } from './attempt/attempt-rules.ts';
import type { FirstTokenTimeout } from './attempt/first-token-schema.ts';
import type { HedgeSettings } from './attempt/hedge-schema.ts';
import type { RetrySettings } from './attempt/retry-schema.ts';
import { type EndpointSpec, EndpointTable, type EndpointTableOptions } from './endpoint/endpoint-table.ts';
import { Breaker, type BreakerSettings, isBreakerOn } from './filter/breaker.ts';
import { Capacity } from './filter/capacity.ts';
import { Ejection, type EjectionSettings } from './filter/ejection.ts';
import { ModelFilter } from './filter/model.ts';
import { type HealthSettings, PathHealth } from './filter/path-health.ts';
import { SlowStart, type SlowStartSettings } from './filter/slow-start.ts';
import { Subset } from './filter/subset.ts';
import type { PickTimer } from './metrics/pick-metrics.ts';
import type { Observer } from './observation.ts';
import type { Policy } from './pick/policy.ts';
import { Router } from './router.ts';

export interface RouterParts {
  readonly specs: readonly EndpointSpec[];
  readonly table: EndpointTableOptions;
  readonly policy: Policy;
  /** The stream `policy`. */
  readonly rng: Rng;
  readonly maxOutstanding: number;
  readonly maxAttempts: number;
  readonly retry: RetrySettings;
  readonly firstTokenTimeout: FirstTokenTimeout;
  readonly hedge: HedgeSettings;
  readonly health: HealthSettings;
  readonly subset: 'all' | number;
  readonly slowStart: SlowStartSettings;
  readonly ejection: EjectionSettings;
  readonly breaker: BreakerSettings;
  readonly panicShare: number;
  /** What tells it from other routers over the same nodes. */
  readonly label: string;
  /** Whether it knows when paths get new satellites; see `PathHealth`. */
  readonly knowsSlots: boolean;
  /** Who else hears what happens, in this order. */
  readonly observers: readonly Observer[];
  readonly picks: PickTimer | null;
}

/** A router with its table and all its filters: the one of scenarios, and the one that stands alone. */
export const madeRouter = (parts: RouterParts): Router => {
  const { specs, table, policy, rng, maxOutstanding, maxAttempts, health, knowsSlots, observers, picks } = parts;
  const { subset, slowStart, ejection, breaker, panicShare, label } = parts;
  const { retry, firstTokenTimeout, hedge } = parts;
  const endpoints = new EndpointTable(specs, table);
  const capacity = new Capacity(endpoints, maxOutstanding);
  const subsets = subset === 'all' ? [] : [new Subset(endpoints, { size: subset, router: label })];
  const ejected = ejection.maxShare > 0 ? new Ejection(endpoints, ejection) : null;
  const broken = isBreakerOn(breaker) ? new Breaker(endpoints, breaker, label) : null;
  const filters = [
    ...subsets,
    ...(ejected === null ? [] : [ejected]),
    ...(broken === null ? [] : [broken]),
    ...(slowStart.windowS > 0 ? [new SlowStart(slowStart)] : []),
    capacity,
  ];
  return new Router({
    endpoints,
    policy,
    rng,
    observers: [...filters, ...observers],
    filters,
    models: ModelFilter.of(specs),
    ejection: ejected,
    breaker: broken,
    panicShare,
    health: new PathHealth(endpoints, health, { knowsSlots }),
    rules: new AttemptRules({ maxAttempts, retry, firstTokenTimeout, hedge }, seededRng(label)('retries')),
    picks,
  });
};
