import type { Ms } from '../../core/time/clock.ts';
import { LATENCY_S, RETRIES } from './buckets.ts';
import { counterText } from './counter-text.ts';
import { HistogramFamily, labelsOf } from './histogram-family.ts';
import { STATUSES, statusSeries, withStatuses } from './status-series.ts';

/** What clients had of the router, by gRPC's names for a server (gRFC A66) and for the retries of a client's call (gRFC A96). */
export class CallMetrics {
  readonly #labels: readonly [known: string, other: string];
  readonly #started: [known: number, other: number] = [0, 0];
  readonly #duration: HistogramFamily;
  readonly #retries: HistogramFamily;
  readonly #routing: HistogramFamily;

  /** `method` is the one that the router offers; any other is `other`. */
  constructor(method: string) {
    this.#labels = [labelsOf({ grpc_method: method }), labelsOf({ grpc_method: 'other' })];
    this.#duration = new HistogramFamily(DURATION, this.#labels.flatMap(withStatuses));
    this.#retries = new HistogramFamily(RETRIED, [this.#labels[0]]);
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
    this.#started[KNOWN]++;
  }

  /** A request was refused without a look at the endpoints. */
  refused(code: number, isOffered: boolean): void {
    this.#started[isOffered ? KNOWN : OTHER]++;
    this.#end(isOffered ? KNOWN : OTHER, code, 0);
  }

  /** In the text format of Prometheus. */
  text(): string {
    return [
      counterText(
        STARTED,
        this.#labels.map((labels, kind) => [labels, this.#started[kind as 0 | 1]] as const),
      ),
      this.#duration.text(),
      this.#retries.text(),
      this.#routing.text(),
    ].join('');
  }

  #end(kind: 0 | 1, code: number, durationMs: Ms): void {
    this.#duration.record(kind * STATUSES + statusSeries(code), durationMs / 1000);
  }
}

const KNOWN = 0;
const OTHER = 1;

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
