import type { Event } from '../../core/event/event.ts';
import type { Ms } from '../../core/time/clock.ts';

/** What a fault did to the users of a run. */
export interface ChaosOutcome {
  /** Requests that were sent to what it hit in the two seconds before it: without any the rest says nothing. */
  readonly sentBefore: number;
  /** Requests that ended after the fault began without an answer: those that had not begun to stream, and those that had. */
  readonly lostUnbegun: number;
  readonly lostStreaming: number;
  /**
   * From the fault to the last request that was sent to what it hit while it lasted; 0 where none was, null for the router, which
   * nothing stands in for.
   */
  readonly movedMs: Ms | null;
  /** From the fault to the first token of a request that was sent after it. */
  readonly servedAgainMs: Ms | null;
}

/** Computes the outcome from a log. `hit` names endpoints, by how they begin; null for the router. */
export const chaosOutcome = (
  events: Iterable<Event>,
  { fromMs, untilMs, hit }: { readonly fromMs: Ms; readonly untilMs: Ms; readonly hit: string | null },
): ChaosOutcome => {
  const sentAtMs = new Map<number, Ms>();
  const begun = new Set<number>();
  let [sentBefore, lostUnbegun, lostStreaming, movedMs] = [0, 0, 0, 0];
  let servedAgainMs: Ms | null = null;
  for (const event of [...events].sort((a, b) => a.atMs - b.atMs)) {
    const { atMs } = event;
    if (event.kind === 'sent') sentAtMs.set(event.request, atMs);
    else if (event.kind === 'first-token') {
      begun.add(event.request);
      if (servedAgainMs === null && (sentAtMs.get(event.request) ?? 0) >= fromMs) servedAgainMs = atMs - fromMs;
    } else if (event.kind === 'routed' && event.endpoint.startsWith(hit ?? '')) {
      if (atMs >= fromMs - BEFORE_MS && atMs < fromMs) sentBefore++;
      if (atMs >= fromMs && atMs < untilMs) movedMs = atMs - fromMs;
    } else if (event.kind === 'finished' && atMs >= fromMs && event.outcome !== 'answered') {
      if (begun.has(event.request)) lostStreaming++;
      else lostUnbegun++;
    }
  }
  return { sentBefore, lostUnbegun, lostStreaming, movedMs: hit === null ? null : movedMs, servedAgainMs };
};

const BEFORE_MS: Ms = 2000;
