import type { Ms } from '../../core/time/clock.ts';
import type { ExtraAttempts } from '../attempt/extra-attempts.ts';
import { LATENCY_S, RETRIES } from './buckets.ts';
import { CounterFamily } from './counter-family.ts';
import { HistogramFamily } from './histogram-family.ts';
import { labelsOf } from './labels.ts';
import { STATUSES, statusSeries, withStatuses } from './status-series.ts';

/** What clients had of the router, by gRPC's names for a server (gRFC A66) and for the retries of a client's call (gRFC A96). */
export class CallMetrics {
  readonly #started: CounterFamily;
  readonly #duration: HistogramFamily;
  readonly #retries: HistogramFamily;
  readonly #transparent: HistogramFamily;
  readonly #hedges: HistogramFamily;
  readonly #delay: HistogramFamily;
  readonly #routing: HistogramFamily;
  /** The series of methods that are not known by name. */
  readonly #other: 0 | 1;

  /** `method` is the one that the router offers; any other is `other`. Null where it offers any: all are `other`. */
  constructor(method: string | null) {
    const known = labelsOf({ grpc_method: method ?? OTHER });
    const methods = method === null ? [known] : [known, labelsOf({ grpc_method: OTHER })];
    this.#other = method === null ? 0 : 1;
    this.#started = new CounterFamily(STARTED, methods);
    this.#duration = new HistogramFamily(DURATION, methods.flatMap(withStatuses));
    this.#retries = new HistogramFamily(RETRIED, [known]);
    this.#transparent = new HistogramFamily(TRANSPARENT, [known]);
    this.#hedges = new HistogramFamily(HEDGED, [known]);
    this.#delay = new HistogramFamily(DELAY, [known]);
    this.#routing = new HistogramFamily(ROUTING, ['']);
  }

  /** The first attempt of a request is on its way, so long after its headers came. */
  routed(routingMs: Ms): void {
    this.#routing.record(0, routingMs / 1000);
  }

  /** A request is over that the router took on; `extra` are its attempts beyond the first, null for none. */
  ended(code: number, durationMs: Ms, extra: ExtraAttempts | null): void {
    this.#end(KNOWN, code, durationMs);
    if (extra === null) return;
    if (extra.retries > 0) this.#retries.record(0, extra.retries);
    if (extra.transparent > 0) this.#transparent.record(0, extra.transparent);
    if (extra.hedges > 0) this.#hedges.record(0, extra.hedges);
    if (extra.waitedMs > 0) this.#delay.record(0, extra.waitedMs / 1000);
  }

  /** A request came in that the router takes on. */
  started(): void {
    this.#started.add(KNOWN);
  }

  /** A request was refused without a look at the endpoints. */
  refused(code: number, isOffered: boolean): void {
    const kind = isOffered ? KNOWN : this.#other;
    this.#started.add(kind);
    this.#end(kind, code, 0);
  }

  under(common: string): void {
    for (const family of this.#families()) family.under(common);
  }

  /** In the text format of Prometheus. */
  text(): string {
    return this.#families()
      .map((family) => family.text())
      .join('');
  }

  #families(): readonly (CounterFamily | HistogramFamily)[] {
    return [this.#started, this.#duration, this.#retries, this.#transparent, this.#hedges, this.#delay, this.#routing];
  }

  #end(kind: 0 | 1, code: number, durationMs: Ms): void {
    this.#duration.record(kind * STATUSES + statusSeries(code), durationMs / 1000);
  }
}

const KNOWN = 0;

/** What gRFC A66 calls methods that are not registered. */
const OTHER = 'other';

const STARTED = { name: 'grpc_server_call_started_total', help: 'Requests that came in.' };
const DURATION = {
  name: 'grpc_server_call_duration_seconds',
  help: 'From the headers of a request to its status.',
  buckets: LATENCY_S,
};
const RETRIED = {
  name: 'grpc_client_call_retries',
  help: 'Attempts after one that failed, of requests that had any.',
  buckets: RETRIES,
};
const TRANSPARENT = {
  name: 'grpc_client_call_transparent_retries',
  help: 'Attempts after one that no server had seen, of requests that had any.',
  buckets: RETRIES,
};
const HEDGED = {
  name: 'grpc_client_call_hedges',
  help: 'Attempts beside one that took long, of requests that had any.',
  buckets: RETRIES,
};
const DELAY = {
  name: 'grpc_client_call_retry_delay_seconds',
  help: 'How long requests waited between their attempts, of those that did.',
  buckets: LATENCY_S,
};
const ROUTING = {
  name: 'starlane_router_routing_seconds',
  help: 'From the headers of a request to its first attempt on its way: the pick and the opening of a stream, of requests that did not wait in the queue.',
  buckets: LATENCY_S,
};
