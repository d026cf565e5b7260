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

/** The steps of all replicas from now on, and what arrives meanwhile. */
export interface ForeseenSteps {
  readonly lanes: readonly ForecastLane[];
  readonly stepTime: StepTime;
  /** In order of time. */
  readonly arrivals: readonly PromptArrival[];
  /** No step begins before. */
  readonly notBeforeMs: Ms;
}

/**
 * When `probe`, one of `arrivals`, emits its first token, if no other request comes. It simulates the steps of every replica with
 * the true length of every answer and without noise. It changes the sources: pass copies.
 */
export const firstTokenAtMs = ({ probe, ...steps }: ForeseenSteps & { readonly probe: Sequence }): Ms => {
  let firstAtMs = Number.POSITIVE_INFINITY;
  eachStep(steps, (_got, atMs) => {
    if (probe.delivered === 0) return true;
    firstAtMs = atMs;
    return false;
  });
  return firstAtMs;
};

/** When an answer begins and ends. */
export interface ForeseenAnswer {
  /** NaN where it has begun already. */
  readonly firstAtMs: Ms;
  /** Of the last token that this engine gives. */
  readonly lastAtMs: Ms;
}

/** The same until all is answered: when each answer begins and ends, by the number of its request. One that never gets a token is not there. */
export const answersForeseen = (steps: ForeseenSteps): ReadonlyMap<number, ForeseenAnswer> => {
  const answers = new Map<number, { firstAtMs: Ms; lastAtMs: Ms }>();
  eachStep(steps, (got, atMs) => {
    for (const { id, delivered } of got) {
      const answer = answers.get(id);
      if (answer !== undefined) answer.lastAtMs = atMs;
      else answers.set(id, { firstAtMs: delivered === 1 ? atMs : Number.NaN, lastAtMs: atMs });
    }
    return true;
  });
  return answers;
};

/** Plays the steps, one end after the other, until `onStep` says false or nothing is left to do. It hears who got a token. */
const eachStep = (options: ForeseenSteps, onStep: (got: readonly Sequence[], atMs: Ms) => boolean): void => {
  const { stepTime, arrivals, notBeforeMs } = options;
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
    if (next.endsAtMs === IDLE) return;
    if (!onStep(next.source.commit(), next.endsAtMs)) return;
    next.endsAtMs = Math.max(next.endsAtMs, notBeforeMs);
    const batch = next.source.begin();
    next.endsAtMs = batch === null ? IDLE : next.endsAtMs + stepTime(batch);
  }
};

const IDLE = Number.POSITIVE_INFINITY;
