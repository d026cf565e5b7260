import type { Ms } from '../../core/time/clock.ts';
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
    this.#routing = new HistogramFamily(ROUTING, ['']);
  }

  /** The first attempt of a request is on its way, so long after its headers came. */
  routed(routingMs: Ms): void {
    this.#routing.record(0, routingMs / 1000);
  }

  /** A request is over that the router took on. */
  ended(code: number, durationMs: Ms, retries: number): void {
    this.#end(KNOWN, code, durationMs);
    if (retries > 0) this.#retries.record(0, retries);
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
    return [this.#started, this.#duration, this.#retries, this.#routing];
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
  help: 'Attempts after the first, of requests that had any.',
  buckets: RETRIES,
};
const ROUTING = {
  name: 'starlane_router_routing_seconds',
  help: 'From the headers of a request to its first attempt on its way: the pick and the opening of a stream; there is no queue.',
  buckets: LATENCY_S,
};
