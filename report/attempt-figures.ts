import type { RunEvent } from '../core/event/event.ts';
import { GrowingSamples } from '../core/stats/growing-samples.ts';
import type { Ms } from '../core/time/clock.ts';
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
  const isMeasured = measuredRequests(of.requests, run);
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
    const error = delayErrorMs(attempt, links);
    if (error !== null) errors.add(error);
  }
  return {
    queueMs: distribution(queued, neverScheduled),
    serviceMs: distribution(served, neverServed),
    delayErrorMs: distribution(errors),
  };
};

const wasScheduled = ({ scheduledAtMs }: AttemptRecord): boolean => !Number.isNaN(scheduledAtMs);

/** One byte a request. */
const measuredRequests = (requests: RequestTable, { warmUpMs, requests: count }: RunEvent): Uint8Array => {
  const isMeasured = new Uint8Array(count);
  for (const { request, intendedAtMs } of requests.records()) isMeasured[request] = intendedAtMs >= warmUpMs ? 1 : 0;
  return isMeasured;
};

/** After an outage, waiting messages are flushed and queues drain: the plan has no number for that long. */
const SETTLE_MS: Ms = 500;

const delayErrorMs = ({ endpoint, routedAtMs, receivedAtMs }: AttemptRecord, links: LinkPlan): Ms | null => {
  if (endpoint === undefined || Number.isNaN(receivedAtMs)) return null;
  const plannedUs = links.delayUs(`${endpoint}/forward`, routedAtMs, SETTLE_MS);
  return plannedUs === null ? null : receivedAtMs - routedAtMs - plannedUs / 1000;
};
