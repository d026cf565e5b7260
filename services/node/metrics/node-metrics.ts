import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Clock, Ms } from '../../../core/time/clock.ts';
import type { Engine } from '../engine/engine.ts';
import { BLOCK_TOKENS } from '../engine/kv-cache.ts';
import type { EngineListener } from '../engine/request.ts';
import { lengthBuckets, REQUEST_S, TIME_PER_TOKEN_S, TTFT_S } from './buckets.ts';
import {
  type FinishedReason,
  type MeasuredListener,
  MeasuredRequest,
  type MeasuredRequestOptions,
} from './measured-request.ts';
import { registerPowerGauges } from './power-gauges.ts';

/** Where the counts of requests come from that have not reached the engine. */
export interface RequestCounts {
  readonly counts: { readonly heldBytes: number; readonly openStreams: number; readonly refused: number };
}

/**
 * The Prometheus metrics of a node, with the names, labels and buckets of vLLM's V1 engine (vllm/v1/metrics/loggers.py), so
 * that dashboards and schedulers for vLLM can read them. The label `model_name` is the id of the profile.
 *
 * All metrics have the same labels, so the registry adds them when it writes. An observation needs no lookup by label.
 * Values that the engine counts itself, and values that grow with every token, are read when the metrics are requested.
 */
export class NodeMetrics {
  readonly #registry = new Registry();
  readonly #prefix = { registers: [this.#registry] };

  /** Prompt tokens of requests whose prefill has ended. */
  promptTokens = 0;
  /** Tokens of answers. */
  generationTokens = 0;
  readonly #finished = new Counter({
    ...this.#prefix,
    name: 'vllm:request_success_total',
    help: 'Requests that have ended, by reason.',
    labelNames: ['finished_reason'],
  });
  readonly ttft = this.#histogram('time_to_first_token_seconds', 'Time to the first token, waiting included.', TTFT_S);
  readonly interTokenLatency = this.#histogram(
    'inter_token_latency_seconds',
    'Time between two tokens of an answer.',
    TIME_PER_TOKEN_S,
  );
  readonly timePerOutputToken = this.#histogram(
    'request_time_per_output_token_seconds',
    'Mean time between tokens, for each answer.',
    TIME_PER_TOKEN_S,
  );
  readonly endToEnd = this.#histogram('e2e_request_latency_seconds', 'Time to the last token.', REQUEST_S);
  readonly queueTime = this.#histogram('request_queue_time_seconds', 'Time in the waiting queue.', REQUEST_S);
  readonly inferenceTime = this.#histogram(
    'request_inference_time_seconds',
    'Time from the first step to the last token.',
    REQUEST_S,
  );
  readonly prefillTime = this.#histogram(
    'request_prefill_time_seconds',
    'Time from the first step to the first token.',
    REQUEST_S,
  );
  readonly decodeTime = this.#histogram(
    'request_decode_time_seconds',
    'Time from the first token to the last.',
    REQUEST_S,
  );
  readonly requestPromptTokens: Histogram;
  readonly requestGenerationTokens: Histogram;
  readonly requestMaxTokens: Histogram;

  constructor(engine: Engine, clock: Clock, requests: RequestCounts | null = null) {
    this.#registry.setDefaultLabels({ model_name: engine.profile.id, engine: '0' });
    for (const finished_reason of FINISHED_REASONS) this.#finished.inc({ finished_reason }, 0);
    const lengths = lengthBuckets(engine.kvTokens);
    this.requestPromptTokens = this.#histogram('request_prompt_tokens', 'Length of prompts.', lengths);
    this.requestGenerationTokens = this.#histogram('request_generation_tokens', 'Length of answers.', lengths);
    this.requestMaxTokens = this.#histogram(
      'request_params_max_tokens',
      'Upper bound of the length of answers.',
      lengths,
    );
    this.#gauge('num_requests_running', 'Requests that hold KV blocks.', () => engine.report(clock.now()).running);
    this.#gauge(
      'num_requests_waiting',
      'Requests that wait to be scheduled.',
      () => engine.report(clock.now()).waiting,
    );
    this.#gauge('kv_cache_usage_perc', 'Used share of the KV cache, 0 to 1.', () => engine.report(clock.now()).kvUsage);
    this.#readCounter(
      'prompt_tokens_total',
      'Prompt tokens of requests whose prefill has ended.',
      () => this.promptTokens,
    );
    this.#readCounter('generation_tokens_total', 'Tokens of answers.', () => this.generationTokens);
    this.#readCounter(
      'num_preemptions_total',
      'Preemptions: a request lost its KV blocks to another.',
      () => engine.preemptions,
    );
    this.#readCounter(
      'prefix_cache_queries_total',
      'Prompt tokens looked up in the prefix cache.',
      () => engine.prefixCache.queries,
    );
    this.#readCounter(
      'prefix_cache_hits_total',
      'Prompt tokens found in the prefix cache.',
      () => engine.prefixCache.hits,
    );
    if (requests !== null) this.#registerRequests(requests);
    const { power } = engine.report(clock.now());
    if (power !== undefined) registerPowerGauges(this.#registry, () => engine.report(clock.now()).power ?? power);
    new Gauge({
      ...this.#prefix,
      name: 'vllm:cache_config_info',
      help: 'Configuration of the KV cache.',
      labelNames: ['block_size', 'num_gpu_blocks'],
    }).set({ block_size: BLOCK_TOKENS, num_gpu_blocks: engine.kvTokens / BLOCK_TOKENS }, 1);
  }

  /** In the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** A listener that measures a request and forwards its events to another listener. */
  measured(request: MeasuredRequestOptions, receivedAtMs: Ms, listener: MeasuredListener): EngineListener {
    return new MeasuredRequest(this, request, receivedAtMs, listener);
  }

  finished(reason: FinishedReason): void {
    this.#finished.inc(LABELS[reason]);
  }

  /** What vLLM has no name for: the requests that have not reached the engine. */
  #registerRequests(requests: RequestCounts): void {
    const register = (Metric: typeof Gauge | typeof Counter, name: string, help: string, value: () => number): void => {
      new Metric({
        ...this.#prefix,
        name: `starlane_node_${name}`,
        help,
        collect() {
          this.reset();
          this.inc(value());
        },
      });
    };
    register(Gauge, 'request_bytes', 'Bytes of open requests.', () => requests.counts.heldBytes);
    register(Gauge, 'request_streams', 'Requests that are open.', () => requests.counts.openStreams);
    register(Counter, 'requests_over_bounds_total', 'Requests refused for their size.', () => requests.counts.refused);
  }

  #histogram(name: string, help: string, buckets: readonly number[]): Histogram {
    return new Histogram({ ...this.#prefix, name: `vllm:${name}`, help, buckets: [...buckets] });
  }

  #gauge(name: string, help: string, value: () => number): void {
    new Gauge({
      ...this.#prefix,
      name: `vllm:${name}`,
      help,
      collect() {
        this.set(value());
      },
    });
  }

  /** A counter whose value is kept elsewhere and read on request. */
  #readCounter(name: string, help: string, value: () => number): void {
    new Counter({
      ...this.#prefix,
      name: `vllm:${name}`,
      help,
      collect() {
        this.reset();
        this.inc(value());
      },
    });
  }
}

const FINISHED_REASONS: readonly FinishedReason[] = ['stop', 'length', 'abort', 'error'];

const LABELS = {
  stop: { finished_reason: 'stop' },
  length: { finished_reason: 'length' },
  abort: { finished_reason: 'abort' },
  error: { finished_reason: 'error' },
} as const;
