import type { Rng } from '../core/random/rng.ts';
import { type EndpointSpec, EndpointTable, type EndpointTableOptions } from './endpoint/endpoint-table.ts';
import { Capacity } from './filter/capacity.ts';
import { type HealthSettings, PathHealth } from './filter/path-health.ts';
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
  readonly health: HealthSettings;
  /** Whether it knows when paths get new satellites; see `PathHealth`. */
  readonly knowsSlots: boolean;
  /** Who else hears what happens, in this order. */
  readonly observers: readonly Observer[];
  readonly picks: PickTimer | null;
}

/** A router with its table and all its filters: the one of scenarios, and the one that stands alone. */
export const madeRouter = (parts: RouterParts): Router => {
  const { specs, table, policy, rng, maxOutstanding, maxAttempts, health, knowsSlots, observers, picks } = parts;
  const endpoints = new EndpointTable(specs, table);
  const capacity = new Capacity(endpoints, maxOutstanding);
  return new Router({
    endpoints,
    policy,
    rng,
    observers: [capacity, ...observers],
    filters: [capacity],
    health: new PathHealth(endpoints, health, { knowsSlots }),
    maxAttempts,
    picks,
  });
};
