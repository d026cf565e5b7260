import type { Ms } from '../../../core/time/clock.ts';
import type { PrefixPart } from '../../../workload/prefix.ts';
import { leastLoaded } from './replicas.ts';
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

/** A replica: what plans its steps, and the end of the open one; null when it is idle. */
export interface ForecastLane {
  readonly source: StepSource<Sequence>;
  readonly stepEndsAtMs: Ms | null;
}

/**
 * When `probe`, one of `arrivals`, emits its first token, if no other request comes. It simulates the steps of every replica with
 * the true length of every answer and without noise. It changes the sources: pass copies. Arrivals are in order of time; no step
 * begins before `notBeforeMs`.
 */
export const firstTokenAtMs = (options: {
  readonly lanes: readonly ForecastLane[];
  readonly stepTime: StepTime;
  readonly arrivals: readonly PromptArrival[];
  readonly probe: Sequence;
  readonly notBeforeMs: Ms;
}): Ms => {
  const { stepTime, arrivals, probe, notBeforeMs } = options;
  const lanes = options.lanes.map(({ source, stepEndsAtMs }) => ({ source, endsAtMs: stepEndsAtMs ?? IDLE }));
  const sources = lanes.map(({ source }) => source);
  let arrived = 0;
  for (;;) {
    let next = lanes[0]!;
    for (const lane of lanes) if (lane.endsAtMs < next.endsAtMs) next = lane;
    const arrival = arrivals[arrived];
    if (arrival !== undefined && arrival.atMs <= next.endsAtMs) {
      arrived++;
      const lane = lanes[leastLoaded(sources)]!;
      lane.source.add(arrival.sequence);
      if (lane.endsAtMs === IDLE) lane.endsAtMs = Math.max(arrival.atMs, notBeforeMs);
      continue;
    }
    next.source.commit();
    if (probe.delivered > 0) return next.endsAtMs;
    next.endsAtMs = Math.max(next.endsAtMs, notBeforeMs);
    const batch = next.source.begin();
    next.endsAtMs = batch === null ? IDLE : next.endsAtMs + stepTime(batch);
  }
};

const IDLE = Number.POSITIVE_INFINITY;
