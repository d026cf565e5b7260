import { type Event, OUTCOMES, type Outcome, type RunEvent } from '../core/event/event.ts';
import { SlottedSamples } from '../core/stats/slotted-samples.ts';
import type { Ms } from '../core/time/clock.ts';
import { SLOT_MS } from '../netem/sky/path/time-grid.ts';
import type { AttemptTable } from './attempt-table.ts';
import { slottedDistribution } from './distribution.ts';
import { e2eMs, type RequestRecord, type RequestTable, tpotMs, ttftMs } from './request-table.ts';
import { SharesByName } from './shares-by-name.ts';
import type { RunFigures } from './summary-schema.ts';

type Of = 'requests' | Outcome | 'retried' | 'ttftMs' | 'ttftFromSendMs' | 'tpotMs' | 'e2eMs' | 'e2eFromSendMs';
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
  readonly measuredMs: Ms;
}): RequestFigures => {
  const { run, attempts } = of;
  const endedAtMs = of.ended?.atMs ?? Number.NaN;
  const counts = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
  const [ttfts, fromSend, tpots, e2es, e2esFromSend] = [
    new SlottedSamples(),
    new SlottedSamples(),
    new SlottedSamples(),
    new SlottedSamples(),
    new SlottedSamples(),
  ];
  const [byMedium, byEndpoint, byClient] = [new SharesByName(), new SharesByName(), new SharesByName()];
  const byRouter = new SharesByName();
  const routerOf = routersByClient(run);
  let requests = 0;
  let retried = 0;
  let good = 0;
  let judged = 0;
  for (const record of of.requests.records()) {
    if (!(record.intendedAtMs >= run.warmUpMs)) continue;
    requests++;
    // Without a last line of its own a request was open: the disk was full, or its client was killed.
    const outcome = record.outcome === 'open' && of.ended?.isInterrupted === true ? 'interrupted' : record.outcome;
    counts[outcome]++;
    const [ttft, tpot, e2e] = [ttftMs(record), tpotMs(record), e2eMs(record)];
    const isAnswered = outcome === 'answered';
    const isBrokenOff = !isAnswered && !Number.isNaN(ttft);
    const slot = Math.floor((record.intendedAtMs - run.warmUpMs) / SLOT_MS);
    const ranked = orCensored(ttft);
    ttfts.add(ranked, slot);
    fromSend.add(orCensored(record.firstTokenAtMs - record.sentAtMs), slot);
    tpots.add(isBrokenOff ? CENSORED : tpot, slot);
    e2es.add(orCensored(e2e), slot);
    e2esFromSend.add(orCensored(e2e - (record.sentAtMs - record.intendedAtMs)), slot);
    if (isAnswered && ttft <= run.slo.ttftMs && !(tpot > run.slo.tpotMs)) good++;
    if (outcome !== 'interrupted' || hasMissedTtft(record, run.slo, endedAtMs)) judged++;
    if (attempts.attemptsOf(record.request) > 1) retried++;
    byClient.add(record.client, ranked, slot);
    const router = routerOf.get(record.client);
    if (router !== undefined) byRouter.add(router, ranked, slot);
    const endpoint = attempts.endpointOf(record.request);
    if (endpoint === undefined) continue;
    byEndpoint.add(endpoint, ranked, slot);
    byMedium.add(mediumOf(endpoint), ranked, slot);
  }
  const slots = Math.floor(of.measuredMs / SLOT_MS);
  return {
    requests,
    ...counts,
    retried,
    ttftMs: slottedDistribution(ttfts, slots),
    ttftFromSendMs: slottedDistribution(fromSend, slots),
    tpotMs: slottedDistribution(tpots, slots),
    e2eMs: slottedDistribution(e2es, slots),
    e2eFromSendMs: slottedDistribution(e2esFromSend, slots),
    byMedium: byMedium.shares(slots),
    byEndpoint: byEndpoint.shares(slots),
    byClient: byClient.shares(slots),
    ...(run.routers && { byRouter: byRouter.shares(slots) }),
    good,
    judged,
  };
};

/** A value that is only known to be above all that were seen. */
const CENSORED = Number.POSITIVE_INFINITY;

const orCensored = (value: number): number => (Number.isNaN(value) ? CENSORED : value);

/** Whether an interrupted request had no first token in time, so that it could not meet the objectives any more. */
const hasMissedTtft = (record: RequestRecord, slo: RunEvent['slo'], endedAtMs: Ms): boolean =>
  record.intendedAtMs + slo.ttftMs < (Number.isNaN(record.firstTokenAtMs) ? endedAtMs : record.firstTokenAtMs);

/** The router that each client calls, where there are several. */
const routersByClient = ({ routers = {} }: RunEvent): ReadonlyMap<string, string> =>
  new Map(Object.entries(routers).flatMap(([name, { clients }]) => clients.map((client) => [client, name] as const)));

/** The names of endpoints end in `/medium`. */
const mediumOf = (endpoint: string): string => endpoint.slice(endpoint.lastIndexOf('/') + 1);
