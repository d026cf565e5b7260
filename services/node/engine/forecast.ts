import type { Ms } from '../../../core/time/clock.ts';
import type { PrefixPart } from '../../../workload/prefix.ts';
import type { EngineRequest } from './request.ts';
import type { Sequence } from './sequence.ts';
import type { StepSource } from './step-source.ts';
import type { StepTime } from './step-time.ts';

/** What else is known of the future of an engine. */
export interface Foreseen {
  /** Requests that will arrive before the one that is asked about, and when; they are not here yet. */
  readonly others?: readonly ForeseenRequest[];
  /** What of the prompt that is asked about others may share. */
  readonly prefix?: readonly PrefixPart[];
}

export interface ForeseenRequest {
  readonly atMs: Ms;
  readonly request: EngineRequest;
}

/** A sequence that has not reached the scheduler yet. */
export interface PromptArrival {
  readonly atMs: Ms;
  readonly sequence: Sequence;
}

/**
 * When `probe`, one of `arrivals`, emits its first token, if no other request comes. It simulates the schedule step by step with
 * the true length of every answer and without noise. It changes `schedule`: pass a copy. Arrivals are in order of time.
 *
 * `stepEndsAtMs` is the end of the open step, or null when the engine is idle.
 */
export const firstTokenAtMs = (
  schedule: StepSource<Sequence>,
  stepTime: StepTime,
  arrivals: readonly PromptArrival[],
  probe: Sequence,
  stepEndsAtMs: Ms | null,
): Ms => {
  let atMs = stepEndsAtMs ?? arrivals[0]!.atMs;
  let arrived = 0;
  for (;;) {
    schedule.commit();
    if (probe.delivered > 0) return atMs;
    while (arrived < arrivals.length && arrivals[arrived]!.atMs <= atMs) schedule.add(arrivals[arrived++]!.sequence);
    const batch = schedule.begin();
    atMs = batch === null ? arrivals[arrived]!.atMs : atMs + stepTime(batch);
  }
};
