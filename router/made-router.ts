import { type Rng, seededRng } from '../core/random/rng.ts';
import { AttemptRules } from './attempt/attempt-rules.ts';
import { type EndpointSpec, EndpointTable, type EndpointTableOptions } from './endpoint/endpoint-table.ts';
import { Breaker } from './filter/breaker.ts';
import { Capacity } from './filter/capacity.ts';
import { Ejection } from './filter/ejection.ts';
import { ModelFilter } from './filter/model.ts';
import { PathHealth } from './filter/path-health.ts';
import { SlowStart } from './filter/slow-start.ts';
import { Subset } from './filter/subset.ts';
import type { PickTimer } from './metrics/pick-metrics.ts';
import type { Observer } from './observation.ts';
import type { Policy } from './pick/policy.ts';
import { WaitingRoom } from './queue/waiting-room.ts';
import { Router, type RouterOptions } from './router.ts';
import type { RouterSettings } from './router-settings.ts';

export interface RouterParts {
  readonly specs: readonly EndpointSpec[];
  readonly table: Pick<EndpointTableOptions, 'forecast' | 'seed'>;
  readonly settings: RouterSettings;
  readonly policy: Policy;
  /** The stream `policy`. */
  readonly rng: Rng;
  /** What tells it from other routers over the same nodes. */
  readonly label: string;
  /** Whether it knows when paths get new satellites; see `PathHealth`. */
  readonly knowsSlots: boolean;
  /** Who else hears what happens, in this order. */
  readonly observers: readonly Observer[];
  readonly picks: PickTimer | null;
  /** See `RouterOptions`. */
  readonly later?: NonNullable<RouterOptions['later']>;
}

/** A router with its table and all its filters: the one of scenarios, and the one that stands alone. */
export const madeRouter = (parts: RouterParts): Router => {
  const { specs, table, settings, policy, rng, label, knowsSlots, observers, picks } = parts;
  const { ewma, residual, subset, slowStart, ejection, breaker, maxOutstanding, queue, health } = settings;
  const endpoints = new EndpointTable(specs, { ...table, ewma, residual });
  // Those that are off are there all the same, so that they can be switched on: a pick skips them.
  const subsets = new Subset(endpoints, { size: subset, router: label });
  const ejected = new Ejection(endpoints, ejection);
  const broken = new Breaker(endpoints, breaker, label);
  const slowed = new SlowStart(slowStart);
  const capacity = new Capacity(endpoints, maxOutstanding, specs);
  const paths = new PathHealth(endpoints, health, { knowsSlots });
  const models = ModelFilter.of(specs);
  const room = new WaitingRoom(queue, models);
  const filters = [subsets, ejected, broken, slowed, capacity];
  return new Router({
    endpoints,
    policy,
    rng,
    observers: [...filters, ...observers],
    filters,
    models,
    room,
    ejection: ejected,
    breaker: broken,
    panicShare: settings.panicShare,
    signals: settings.signals,
    ...(parts.later && { later: parts.later }),
    health: paths,
    rules: new AttemptRules(settings, seededRng(label)('retries')),
    picks,
    onRetune: (to, nowMs) => {
      endpoints.ewma.retune(to.ewma);
      endpoints.residual.retune(to.residual);
      subsets.retune(to.subset);
      ejected.retune(to.ejection, nowMs);
      broken.retune(to.breaker, nowMs);
      slowed.retune(to.slowStart);
      capacity.retune(to.maxOutstanding);
      paths.retune(to.health, nowMs);
      room.retune(to.queue, nowMs);
    },
  });
};
