import type { Ms } from '../../core/time/clock.ts';
import type { Observation, Observer } from '../observation.ts';
import { ERROR_S, LATENCY_S } from './buckets.ts';
import { counterText } from './counter-text.ts';
import { HistogramFamily, labelsOf } from './histogram-family.ts';
import { STATUSES, statusSeries, withStatuses } from './status-series.ts';

/**
 * What attempts took, by endpoint: under gRPC's names where gRPC has one (gRFC A66 for attempts, A94 for connections; dots become
 * underscores, and Prometheus adds the unit), with the endpoint as `grpc_target`.
 *
 * Hot path: an event is a few array accesses.
 */
export class AttemptMetrics implements Observer {
  readonly #labels: readonly string[];
  readonly #endpoints: readonly string[];
  readonly #started: Float64Array;
  readonly #connected: Float64Array;
  readonly #disconnected: Float64Array;
  readonly #duration: HistogramFamily;
  readonly #ttft: HistogramFamily;
  readonly #predicted: HistogramFamily;
  readonly #error: HistogramFamily;
  #clockSettings = 0;

  /** `method` is that of all requests, such as `starlane.inference.v1.Inference/Generate`. */
  constructor(names: readonly string[], method: string) {
    this.#labels = names.map((name) => labelsOf({ grpc_method: method, grpc_target: name }));
    this.#endpoints = names.map((endpoint) => labelsOf({ endpoint }));
    this.#started = new Float64Array(names.length);
    this.#connected = new Float64Array(names.length);
    this.#disconnected = new Float64Array(names.length);
    this.#duration = new HistogramFamily(DURATION, this.#labels.flatMap(withStatuses));
    this.#ttft = new HistogramFamily(TTFT, this.#endpoints);
    this.#predicted = new HistogramFamily(PREDICTED, this.#endpoints);
    this.#error = new HistogramFamily(ERROR, this.#endpoints);
  }

  observe(what: Observation): void {
    switch (what.kind) {
      case 'began':
        this.#clockSettings = what.attempt.clockSettings;
        this.#started[what.attempt.endpoint] = this.#started[what.attempt.endpoint]! + 1;
        break;
      case 'first':
        this.#onFirst(what.attempt.endpoint, what.ttftMs, what.attempt.predictedMs);
        break;
      case 'ended': {
        const { endpoint, startedAtMs, clockSettings } = what.attempt;
        if (clockSettings !== this.#clockSettings) break; // the clock was set meanwhile: its duration is not known
        const series = endpoint * STATUSES + statusSeries(what.ending.code);
        this.#duration.record(series, (what.nowMs - startedAtMs) / 1000);
        break;
      }
      case 'available': {
        const counts = what.isAvailable ? this.#connected : this.#disconnected;
        counts[what.endpoint] = counts[what.endpoint]! + 1;
        break;
      }
    }
  }

  /** In the text format of Prometheus. */
  text(): string {
    const counted = (labels: readonly string[], counts: Float64Array) =>
      labels.map((label, endpoint) => [label, counts[endpoint]!] as const);
    const targets = this.#labels.map((labels) => labels.slice(labels.indexOf('grpc_target')));
    return [
      counterText(STARTED, counted(this.#labels, this.#started)),
      this.#duration.text(),
      counterText(CONNECTED, counted(targets, this.#connected)),
      counterText(DISCONNECTED, counted(targets, this.#disconnected)),
      this.#ttft.text(),
      this.#predicted.text(),
      this.#error.text(),
    ].join('');
  }

  #onFirst(endpoint: number, ttftMs: Ms, predictedMs: Ms): void {
    this.#ttft.record(endpoint, ttftMs / 1000);
    if (Number.isNaN(predictedMs)) return;
    this.#predicted.record(endpoint, predictedMs / 1000);
    this.#error.record(endpoint, (ttftMs - predictedMs) / 1000);
  }
}

const STARTED = {
  name: 'grpc_client_attempt_started_total',
  help: 'Attempts that began, those that did not end included.',
};
const DURATION = {
  name: 'grpc_client_attempt_duration_seconds',
  help: 'From the pick to the status of the attempt.',
  buckets: LATENCY_S,
};
const CONNECTED = {
  name: 'grpc_subchannel_connection_attempts_succeeded_total',
  help: 'How often the endpoint came to be connected.',
};
const DISCONNECTED = { name: 'grpc_subchannel_disconnections_total', help: 'How often the endpoint was disconnected.' };
const TTFT = {
  name: 'starlane_router_endpoint_ttft_seconds',
  help: 'From the pick to the first message of the answer.',
  buckets: LATENCY_S,
};
const PREDICTED = {
  name: 'starlane_router_endpoint_predicted_ttft_seconds',
  help: 'What the policy predicted of it, learnt errors apart.',
  buckets: LATENCY_S,
};
const ERROR = {
  name: 'starlane_router_endpoint_ttft_error_seconds',
  help: 'Time to the first message beyond the prediction; negative where it came early.',
  buckets: ERROR_S,
};
