import type { Event } from '../../core/event/event.ts';
import { ascending, quantile } from '../../core/stats/quantile.ts';
import type { Ms } from '../../core/time/clock.ts';
import { mostMedianMs, mostTailMs } from '../../hosts/agreement/bar.ts';
import { AttemptTable } from '../../report/attempt-table.ts';
import { type RequestRecord, RequestTable, ttftMs } from '../../report/request-table.ts';

/** Difference in TTFT of the same requests in two runs, second minus first, in milliseconds. */
export interface Difference {
  readonly pairs: number;
  readonly p01: Ms;
  readonly p50: Ms;
  readonly p99: Ms;
  /** The figures of each run, as its report shows them. */
  readonly first: { readonly p50: Ms; readonly p99: Ms };
  readonly second: { readonly p50: Ms; readonly p99: Ms };
}

export interface ParityComparison {
  /** Requests whose links were up all the time, and were not down shortly before. */
  readonly outside: Difference;
  /** The other requests. While a link is down its packets are lost, and TCP sends again by its timers. */
  readonly inside: Difference;
  /** Requests that were answered in one run only, or sent to different endpoints. They are not compared. */
  readonly unpaired: number;
}

/** Compares two runs of one schedule, request by request. */
export const compareRuns = (first: readonly Event[], second: readonly Event[]): ParityComparison => {
  const outages = outagesOf(first);
  const others = routedRequests(second);
  const pairs: { readonly a: LocatedRequest; readonly b: LocatedRequest }[] = [];
  let unpaired = 0;
  for (const [request, a] of routedRequests(first)) {
    const b = others.get(request);
    if (a.outcome !== 'answered' || b?.outcome !== 'answered' || a.endpoint !== b.endpoint) unpaired++;
    else pairs.push({ a, b });
  }
  const isInside = ({ a, b }: (typeof pairs)[number]): boolean => {
    const untilMs = a.intendedAtMs + Math.max(ttftMs(a), ttftMs(b));
    const links = [a.endpoint!, `${a.client}/access`].flatMap((path) => [`${path}/forward`, `${path}/back`]);
    return links.some((link) =>
      (outages.get(link) ?? []).some(
        (outage) => outage.fromMs <= untilMs && outage.untilMs + SETTLE_MS >= a.intendedAtMs,
      ),
    );
  };
  const groups = Map.groupBy(pairs, (pair) => (isInside(pair) ? 'inside' : 'outside'));
  return {
    outside: differenceOf(groups.get('outside') ?? []),
    inside: differenceOf(groups.get('inside') ?? []),
    unpaired,
  };
};

interface LocatedRequest extends RequestRecord {
  /** Of the last attempt. */
  readonly endpoint: string | undefined;
}

const routedRequests = (events: readonly Event[]): ReadonlyMap<number, LocatedRequest> => {
  const count = events.reduce((most, event) => (event.kind === 'sent' ? Math.max(most, event.request + 1) : most), 0);
  const [requests, attempts] = [new RequestTable(count), new AttemptTable(count)];
  for (const event of events) {
    requests.add(event);
    attempts.add(event);
  }
  return new Map(
    [...requests.records()].map((record) => [
      record.request,
      { ...record, endpoint: attempts.endpointOf(record.request) },
    ]),
  );
};

/** Time after an outage in which waiting bytes are sent and TCP recovers its rate. */
const SETTLE_MS = 1000;

const outagesOf = (events: readonly Event[]) => {
  const outages = new Map<string, { readonly fromMs: Ms; untilMs: Ms }[]>();
  for (const event of events) {
    if (event.kind !== 'link') continue;
    const known = outages.get(event.link) ?? [];
    outages.set(event.link, known);
    const last = known.at(-1);
    const isDown = last !== undefined && last.untilMs === Number.POSITIVE_INFINITY;
    if (!event.up && !isDown) known.push({ fromMs: event.atMs, untilMs: Number.POSITIVE_INFINITY });
    else if (event.up && isDown) last.untilMs = event.atMs;
  }
  return outages;
};

const differenceOf = (pairs: readonly { readonly a: LocatedRequest; readonly b: LocatedRequest }[]): Difference => {
  const differences = ascending(pairs.map(({ a, b }) => ttftMs(b) - ttftMs(a)));
  const [a, b] = [ascending(pairs.map((pair) => ttftMs(pair.a))), ascending(pairs.map((pair) => ttftMs(pair.b)))];
  return {
    pairs: pairs.length,
    p01: quantile(differences, 0.01),
    p50: quantile(differences, 0.5),
    p99: quantile(differences, 0.99),
    first: { p50: quantile(a, 0.5), p99: quantile(a, 0.99) },
    second: { p50: quantile(b, 0.5), p99: quantile(b, 0.99) },
  };
};

/** How far two runs may differ: p50 by 2 ms or 2 %; p99 by 5 %, and by 15 % around outages. */
export const isWithinBar = ({ first, second }: Difference, place: keyof Omit<ParityComparison, 'unpaired'>): boolean =>
  Math.abs(second.p50 - first.p50) <= mostMedianMs(second.p50) &&
  Math.abs(second.p99 - first.p99) <= mostTailMs(second.p99, place === 'outside' ? 0.05 : 0.15);
