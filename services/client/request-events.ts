import type { Event } from '../../core/event/event.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { PlannedRequest } from '../../workload/schedule.ts';

/** A planned request leaves its client, or should have left. */
export const sentEvent = (planned: PlannedRequest, atMs: Ms): Event => ({
  kind: 'sent',
  atMs,
  request: planned.id,
  client: planned.client,
  intendedAtMs: planned.atMs,
  promptTokens: planned.promptTokens,
  outputTokens: planned.outputTokens,
  ...(planned.class === '' ? {} : { class: planned.class }),
  ...(planned.tenant === '' ? {} : { tenant: planned.tenant }),
  ...(planned.model === '' ? {} : { model: planned.model }),
  ...(planned.session === '' ? {} : { session: planned.session, turn: planned.turn }),
});

/** The request was never sent, because as many requests are in flight as the load allows. */
export const droppedEvent = ({ id: request }: PlannedRequest, atMs: Ms): Event => ({
  kind: 'finished',
  atMs,
  request,
  outcome: 'dropped',
  tokens: 0,
  status: 'DROPPED',
  reason: 'too many requests in flight',
});
