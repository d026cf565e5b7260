import type { RunEvent } from '../core/event/event.ts';
import { GrowingSamples } from '../core/stats/growing-samples.ts';
import type { Ms } from '../core/time/clock.ts';
import { MSS_BYTES } from '../netem/links/transport/tcp-constants.ts';
import type { AttemptRecord, AttemptTable } from './attempt-table.ts';
import { distribution } from './distribution.ts';
import type { LinkPlan } from './link-plan.ts';
import type { RequestTable } from './request-table.ts';
import type { RunFigures } from './summary-schema.ts';

/**
 * The figures of attempts, over all attempts of the requests that were intended after the warm-up. Attempts are kept
 * apart, because the time before a second attempt is neither queueing nor delay of the first.
 */
export const attemptFigures = (of: {
  readonly run: RunEvent;
  readonly requests: RequestTable;
  readonly attempts: AttemptTable;
  readonly links: LinkPlan;
}): Pick<RunFigures, 'queueMs' | 'serviceMs' | 'delayErrorMs'> => {
  const { run, links } = of;
  const { isMeasured, isOneFlight } = measuredRequests(of.requests, run);
  const [queued, served, errors] = [new GrowingSamples(), new GrowingSamples(), new GrowingSamples()];
  let neverScheduled = 0;
  let neverServed = 0;
  for (const attempt of of.attempts.records()) {
    if (isMeasured[attempt.request] !== 1) continue;
    const { receivedAtMs, scheduledAtMs, servedAtMs } = attempt;
    if (wasScheduled(attempt)) queued.add(scheduledAtMs - receivedAtMs);
    else if (!Number.isNaN(receivedAtMs) && attempt.served !== 'refused') neverScheduled++;
    if (wasScheduled(attempt)) {
      if (attempt.served === 'answered') served.add(servedAtMs - scheduledAtMs);
      else neverServed++;
    }
    const error = isOneFlight[attempt.request] === 1 ? delayErrorMs(attempt, links) : null;
    if (error !== null) errors.add(error);
  }
  return {
    queueMs: distribution(queued, neverScheduled),
    serviceMs: distribution(served, neverServed),
    delayErrorMs: distribution(errors),
  };
};

const wasScheduled = ({ scheduledAtMs }: AttemptRecord): boolean => !Number.isNaN(scheduledAtMs);

/** One byte a request in each: whether it is measured, and whether its prompt also crosses a path in one flight. */
const measuredRequests = (requests: RequestTable, { warmUpMs, requests: count }: RunEvent) => {
  const [isMeasured, isOneFlight] = [new Uint8Array(count), new Uint8Array(count)];
  for (const { request, promptTokens, intendedAtMs } of requests.records()) {
    if (!(intendedAtMs >= warmUpMs)) continue;
    isMeasured[request] = 1;
    isOneFlight[request] = promptTokens <= MOST_TOKENS_IN_ONE_FLIGHT ? 1 : 0;
  }
  return { isMeasured, isOneFlight };
};

/**
 * A longer prompt does not fit into the 10 segments with which a connection of Linux begins, also after idling, at four bytes a
 * token and 200 for the rest. It waits for acknowledgements then: that is what the path does to it, and no timing error.
 */
const MOST_TOKENS_IN_ONE_FLIGHT = Math.floor((10 * MSS_BYTES - 200) / 4);

/** After an outage, waiting messages are flushed and queues drain: the plan has no number for that long. */
const SETTLE_MS: Ms = 500;

const delayErrorMs = ({ endpoint, routedAtMs, receivedAtMs }: AttemptRecord, links: LinkPlan): Ms | null => {
  if (endpoint === undefined || Number.isNaN(receivedAtMs)) return null;
  const plannedUs = links.delayUs(`${endpoint}/forward`, routedAtMs, SETTLE_MS);
  return plannedUs === null ? null : receivedAtMs - routedAtMs - plannedUs / 1000;
};
