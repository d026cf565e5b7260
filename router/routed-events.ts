import type { EventSink } from '../core/event/event.ts';
import type { Observer } from './observation.ts';

/**
 * Writes an event for each attempt, with its endpoint and the policy's cost of it, and for each wait for a place; with the name of the router
 * where there are several.
 */
export const routedEvents = (emit: EventSink, names: readonly string[], router: string | null = null): Observer => ({
  observe: (what) => {
    if (what.kind === 'waited') {
      const { request, waitedMs, end, nowMs } = what;
      const wait = { kind: 'waited', atMs: nowMs, request: request.id, waitedMs, end } as const;
      emit(router === null ? wait : { ...wait, router });
    }
    if (what.kind === 'won') {
      const { request, number } = what.attempt;
      emit({ kind: 'won', atMs: what.nowMs, request: request.id, attempt: number });
      return;
    }
    if (what.kind !== 'began') return;
    const { request, number, endpoint, costMs, cause } = what.attempt;
    emit({
      kind: 'routed',
      atMs: what.nowMs,
      request: request.id,
      attempt: number,
      endpoint: names[endpoint]!,
      ...(router === null ? {} : { router }),
      // A bound prices what every node would refuse at infinity, which a log cannot say.
      ...(Number.isFinite(costMs) ? { expectedMs: costMs } : {}),
      ...(cause === 'first' ? {} : { cause }),
    });
  },
});
