import { z } from 'zod';
import type { Event } from '../../core/event/event.ts';
import { seededRng } from '../../core/random/rng.ts';
import { AttemptRules, type AttemptSettings } from '../../router/attempt/attempt-rules.ts';
import { EndpointTable } from '../../router/endpoint/endpoint-table.ts';
import { type Forecast, noForecast } from '../../router/endpoint/forecast.ts';
import { Capacity } from '../../router/filter/capacity.ts';
import { healthSchema, PathHealth } from '../../router/filter/path-health.ts';
import type { PickTimer } from '../../router/metrics/pick-metrics.ts';
import type { Observation } from '../../router/observation.ts';
import { createPolicy } from '../../router/pick/create-policy.ts';
import type { Policy } from '../../router/pick/policy.ts';
import { WaitingRoom } from '../../router/queue/waiting-room.ts';
import { type WaitingSettings, waitingSchema } from '../../router/queue/waiting-schema.ts';
import type { RequestInfo } from '../../router/request-info.ts';
import { SAYS_NOTHING } from '../../router/request-info.ts';
import { routedEvents } from '../../router/routed-events.ts';
import { Router } from '../../router/router.ts';

export const request: RequestInfo = { id: 7, promptTokens: 100, maxOutputTokens: 10, ...SAYS_NOTHING };

export interface RouterUnderTest {
  readonly router: Router;
  readonly events: readonly Event[];
  readonly seen: readonly Observation[];
}

/** A router over `size` endpoints of as many nodes, or of those that `nodes` names; each path takes 40 ms there and back. */
export const routerUnderTest = (
  policy: string | Policy,
  size: number,
  options: {
    readonly maxAttempts?: number;
    readonly attempts?: AttemptSettings | undefined;
    readonly maxOutstanding?: number;
    readonly queue?: Partial<WaitingSettings>;
    readonly nodes?: readonly string[];
    readonly media?: readonly string[];
    readonly forecast?: Forecast;
    /** Whether its endpoints are known by health checks. */
    readonly isChecked?: boolean;
    readonly picks?: PickTimer;
  } = {},
): RouterUnderTest => {
  const {
    maxAttempts = 2,
    attempts,
    maxOutstanding = 1024,
    queue,
    nodes,
    media,
    forecast,
    isChecked = false,
    picks = null,
  } = options;
  const specs = Array.from({ length: size }, (_, index) => ({
    name: `n${index}/${media?.[index] ?? 'fibre'}`,
    node: nodes?.[index] ?? `n${index}`,
    medium: media?.[index] ?? 'fibre',
  }));
  const events: Event[] = [];
  const seen: Observation[] = [];
  const endpoints = new EndpointTable(specs, {
    forecast: forecast ?? { ...noForecast, rttMsAt: () => 40 },
  });
  const capacity = new Capacity(endpoints, maxOutstanding);
  const router = new Router({
    endpoints,
    policy: typeof policy === 'string' ? createPolicy(policy) : policy,
    rng: seededRng(1)('policy'),
    observers: [
      capacity,
      routedEvents((event) => events.push(event), endpoints.names),
      { observe: (what) => void seen.push(what) },
    ],
    filters: [capacity],
    room: new WaitingRoom(waitingSchema(z).parse(queue ?? {}), null),
    health: isChecked ? new PathHealth(endpoints, healthSchema(z).parse({}), { knowsSlots: true }) : null,
    rules: new AttemptRules({ maxAttempts, ...attempts }),
    picks,
  });
  return { router, events, seen };
};
