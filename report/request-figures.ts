import { type Event, OUTCOMES, type Outcome, type RunEvent } from '../core/event/event.ts';
import { GrowingSamples } from '../core/stats/growing-samples.ts';
import type { Ms } from '../core/time/clock.ts';
import type { AttemptTable } from './attempt-table.ts';
import { distribution } from './distribution.ts';
import { e2eMs, type RequestRecord, type RequestTable, tpotMs, ttftMs } from './request-table.ts';
import { SharesByName } from './shares-by-name.ts';
import type { RunFigures } from './summary-schema.ts';

type Of = 'requests' | Outcome | 'retried' | 'ttftMs' | 'ttftFromSendMs' | 'tpotMs' | 'e2eMs';
type By = 'byMedium' | 'byEndpoint' | 'byClient' | 'byRouter';

export interface RequestFigures extends Pick<RunFigures, Of | By> {
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
}): RequestFigures => {
  const { run, attempts } = of;
  const endedAtMs = of.ended?.atMs ?? Number.NaN;
  const counts = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
  const [ttfts, fromSend, tpots, e2es] = [
    new GrowingSamples(),
    new GrowingSamples(),
    new GrowingSamples(),
    new GrowingSamples(),
  ];
  const [byMedium, byEndpoint, byClient] = [new SharesByName(), new SharesByName(), new SharesByName()];
  const byRouter = new SharesByName();
  const routerOf = routersByClient(run);
  let requests = 0;
  let retried = 0;
  let brokenOff = 0;
  let good = 0;
  let judged = 0;
  for (const record of of.requests.records()) {
    if (!(record.intendedAtMs >= run.warmUpMs)) continue;
    requests++;
    // Without a last line of its own a request was open: the disk was full, or its client was killed.
    const outcome = record.outcome === 'open' && of.ended?.isInterrupted === true ? 'interrupted' : record.outcome;
    counts[outcome]++;
    const [ttft, tpot, e2e] = [ttftMs(record), tpotMs(record), e2eMs(record)];
    const hasBegun = !Number.isNaN(ttft);
    ttfts.add(ttft);
    fromSend.add(record.firstTokenAtMs - record.sentAtMs);
    tpots.add(tpot);
    e2es.add(e2e);
    const isAnswered = outcome === 'answered';
    if (hasBegun && !isAnswered) brokenOff++;
    if (isAnswered && ttft <= run.slo.ttftMs && !(tpot > run.slo.tpotMs)) good++;
    if (outcome !== 'interrupted' || hasMissedTtft(record, run.slo, endedAtMs)) judged++;
    if (attempts.attemptsOf(record.request) > 1) retried++;
    byClient.add(record.client, ttft);
    const router = routerOf.get(record.client);
    if (router !== undefined) byRouter.add(router, ttft);
    const endpoint = attempts.endpointOf(record.request);
    if (endpoint === undefined) continue;
    byEndpoint.add(endpoint, ttft);
    byMedium.add(mediumOf(endpoint), ttft);
  }
  return {
    requests,
    ...counts,
    retried,
    ttftMs: distribution(ttfts, requests - ttfts.length),
    ttftFromSendMs: distribution(fromSend, requests - fromSend.length),
    tpotMs: distribution(tpots, brokenOff),
    e2eMs: distribution(e2es, requests - e2es.length),
    byMedium: byMedium.shares(),
    byEndpoint: byEndpoint.shares(),
    byClient: byClient.shares(),
    ...(run.routers && { byRouter: byRouter.shares() }),
    good,
    judged,
  };
};

/** Whether an interrupted request had no first token in time, so that it could not meet the objectives any more. */
const hasMissedTtft = (record: RequestRecord, slo: RunEvent['slo'], endedAtMs: Ms): boolean =>
  record.intendedAtMs + slo.ttftMs < (Number.isNaN(record.firstTokenAtMs) ? endedAtMs : record.firstTokenAtMs);

/** The router that each client calls, where there are several. */
const routersByClient = ({ routers = {} }: RunEvent): ReadonlyMap<string, string> =>
  new Map(Object.entries(routers).flatMap(([name, { clients }]) => clients.map((client) => [client, name] as const)));

/** The names of endpoints end in `/medium`. */
const mediumOf = (endpoint: string): string => endpoint.slice(endpoint.lastIndexOf('/') + 1);
