import { type Event, OUTCOMES, type Outcome, type RunEvent } from '../core/event/event.ts';
import { finiteAscending } from '../core/stats/ranked-column.ts';
import type { Ms } from '../core/time/clock.ts';
import { SLOT_MS } from '../netem/sky/path/time-grid.ts';
import type { AttemptTable } from './attempt-table.ts';
import { round, withIntervals } from './distribution.ts';
import type { GapTally } from './gap-tally.ts';
import { rankedFigures } from './group/group-figures.ts';
import { measuredRequests } from './measured-requests.ts';
import type { RequestTable } from './request-table.ts';
import type { Distribution, RunFigures } from './summary-schema.ts';

type Of =
  | 'requests'
  | Outcome
  | 'retried'
  | 'clientRetries'
  | 'ttftMs'
  | 'ttftFromSendMs'
  | 'tpotMs'
  | 'e2eMs'
  | 'e2eFromSendMs'
  | 'itlMs'
  | 'stalled'
  | 'by';

export interface RequestFigures extends Pick<RunFigures, Of> {
  /** Requests that met every objective. */
  readonly good: number;
  /** Requests of which it is known whether they met every objective: all but some that were interrupted. */
  readonly judged: number;
}

/**
 * The figures of requests, over all that were intended after the warm-up, however they ended. A request without a first
 * token ranks above all those that have one, and one that was not answered above all that were.
 */
export const requestFigures = (of: {
  readonly run: RunEvent;
  readonly requests: RequestTable;
  readonly attempts: AttemptTable;
  readonly ended: Extract<Event, { kind: 'ended' }> | null;
  readonly measuredMs: Ms;
  readonly gaps: GapTally;
}): RequestFigures => {
  const requests = measuredRequests(of);
  const counts = new Uint32Array(OUTCOMES.length);
  let [retried, good, judged, stalled] = [0, 0, 0, 0];
  for (let row = 0; row < requests.length; row++) {
    const outcome = requests.outcomes[row]!;
    counts[outcome] = counts[outcome]! + 1;
    good += requests.good[row]!;
    judged += requests.judged[row]!;
    stalled += requests.stalled[row]!;
    if (requests.attempts[row]! > 1) retried++;
  }
  const slots = Math.floor(of.measuredMs / SLOT_MS);
  const answered = counts[OUTCOMES.indexOf('answered')]!;
  const itlMs = of.gaps.distribution();
  const hasGaps = itlMs !== null;
  const distributionOf = (values: Float64Array): Distribution => {
    const seen = finiteAscending(values);
    return withIntervals({ seen, censored: values.length - seen.length }, { values, slots: requests.slots }, slots);
  };
  return {
    requests: requests.length,
    ...(Object.fromEntries(OUTCOMES.map((outcome, place) => [outcome, counts[place]!])) as Record<Outcome, number>),
    retried,
    clientRetries: of.requests.clientRetries(of.run.warmUpMs),
    ttftFromSendMs: distributionOf(requests.ttftFromSendMs),
    e2eFromSendMs: distributionOf(requests.e2eFromSendMs),
    itlMs,
    stalled: hasGaps && answered > 0 ? round(stalled / answered) : null,
    ...rankedFigures({ requests, slots, hasGaps }),
    good,
    judged,
  };
};
