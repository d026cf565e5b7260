import type { EventSink } from '../core/event/event.ts';
import type { Observer } from './observation.ts';

/** Writes an event for each attempt, with its endpoint and the policy's cost of it. */
export const routedEvents = (emit: EventSink, names: readonly string[]): Observer => ({
  observe: (what) => {
    if (what.kind !== 'began') return;
    const { request, number, endpoint, costMs } = what.attempt;
    emit({
      kind: 'routed',
      atMs: what.nowMs,
      request: request.id,
      attempt: number,
      endpoint: names[endpoint]!,
      ...(Number.isNaN(costMs) ? {} : { expectedMs: costMs }),
    });
  },
});
