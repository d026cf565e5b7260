import type { Ms } from '../../core/time/clock.ts';
import type { Observation, Observer } from '../observation.ts';
import { ERROR_S, LATENCY_S } from './buckets.ts';
import { CounterFamily } from './counter-family.ts';
import { HistogramFamily } from './histogram-family.ts';
import { labelsOf } from './labels.ts';
import { STATUSES, statusSeries, withStatuses } from './status-series.ts';

/**
 * What attempts took, by endpoint: under gRPC's names where gRPC has one (gRFC A66 for attempts, A94 for connections; dots become
 * underscores, and Prometheus adds the unit), with the endpoint as `grpc_target`.
 *
 * Hot path: an event is a few array accesses.
 */
export class AttemptMetrics implements Observer {
  readonly #started: CounterFamily;
  readonly #connected: CounterFamily;
  readonly #disconnected: CounterFamily;
  readonly #duration: HistogramFamily;
  readonly #ttft: HistogramFamily;
  readonly #predicted: HistogramFamily;
  readonly #error: HistogramFamily;
  #clockSettings = 0;

  /** `method` is that of all requests, such as `starlane.inference.v1.Inference/Generate`; null where they may have any. */
  constructor(names: readonly string[], method: string | null) {
    const targets = names.map((name) => labelsOf({ grpc_target: name }));
    const labels = targets.map((target) => `${labelsOf({ grpc_method: method ?? 'other' })},${target}`);
    const endpoints = names.map((endpoint) => labelsOf({ endpoint }));
    this.#started = new CounterFamily(STARTED, labels);
    this.#connected = new CounterFamily(CONNECTED, targets);
    this.#disconnected = new CounterFamily(DISCONNECTED, targets);
    this.#duration = new HistogramFamily(DURATION, labels.flatMap(withStatuses));
    this.#ttft = new HistogramFamily(TTFT, endpoints);
    this.#predicted = new HistogramFamily(PREDICTED, endpoints);
    this.#error = new HistogramFamily(ERROR, endpoints);
  }

  observe(what: Observation): void {
    switch (what.kind) {
      case 'began':
        this.#clockSettings = what.attempt.clockSettings;
        this.#started.add(what.attempt.endpoint);
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
      case 'available':
        (what.isAvailable ? this.#connected : this.#disconnected).add(what.endpoint);
        break;
    }
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
    return [
      this.#started,
      this.#duration,
      this.#connected,
      this.#disconnected,
      this.#ttft,
      this.#predicted,
      this.#error,
    ];
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
