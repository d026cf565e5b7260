import type { Ms } from '../../../core/time/clock.ts';
import type { EngineEnd, EngineListener } from '../engine/request.ts';

/** Why a request ended, in vLLM's terms: the model finished, the bound was reached, the client left, or it failed. */
export type FinishedReason = 'stop' | 'length' | 'abort' | 'error';

export interface MeasuredRequestOptions {
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly maxOutputTokens: number;
}

/** Measured times of one request, in seconds; NaN for an interval that was not completed. */
export interface MeasuredTimes {
  readonly finishedReason: FinishedReason;
  /** Tokens of its answer. */
  readonly tokens: number;
  /** Time in the waiting queue. */
  readonly queueS: number;
  /** Time to the first token, waiting included. */
  readonly firstTokenS: number;
  /** From its first step to its first token. */
  readonly prefillS: number;
  /** From its first token to its last. */
  readonly decodeS: number;
  /** From its first step to its last token. */
  readonly inferenceS: number;
  /** Time to the last token. */
  readonly endToEndS: number;
}

/** An `EngineListener` that also gets the measured times. */
export interface MeasuredListener extends Omit<EngineListener, 'onEnd'> {
  onEnd(end: EngineEnd, atMs: Ms, measured: MeasuredTimes): void;
}

/** Something that records values, such as a histogram. */
interface Observed {
  observe(value: number): void;
}

/** Receives the measurements: the metrics of a node. */
export interface MeasurementSink {
  promptTokens: number;
  generationTokens: number;
  readonly ttft: Observed;
  readonly interTokenLatency: Observed;
  readonly timePerOutputToken: Observed;
  readonly endToEnd: Observed;
  readonly queueTime: Observed;
  readonly inferenceTime: Observed;
  readonly prefillTime: Observed;
  readonly decodeTime: Observed;
  readonly requestPromptTokens: Observed;
  readonly requestGenerationTokens: Observed;
  readonly requestMaxTokens: Observed;
  finished(reason: FinishedReason): void;
}

/**
 * Measures one request for Prometheus and forwards all events to its listener. As in vLLM, prompt tokens are counted when
 * the first token comes, and only an answered request enters the histograms of whole requests. Hot path: one observation a
 * token.
 */
export class MeasuredRequest implements EngineListener {
  readonly #metrics: MeasurementSink;
  readonly #request: MeasuredRequestOptions;
  readonly #receivedAtMs: Ms;
  readonly #listener: MeasuredListener;
  #queuedAtMs: Ms;
  #scheduledAtMs: Ms = Number.NaN;
  #firstAtMs: Ms = Number.NaN;
  #lastAtMs: Ms = Number.NaN;
  #tokens = 0;

  constructor(metrics: MeasurementSink, request: MeasuredRequestOptions, receivedAtMs: Ms, listener: MeasuredListener) {
    this.#metrics = metrics;
    this.#request = request;
    this.#receivedAtMs = receivedAtMs;
    this.#queuedAtMs = receivedAtMs;
    this.#listener = listener;
  }

  onQueued(atMs: Ms): void {
    this.#queuedAtMs = atMs;
    this.#listener.onQueued?.(atMs);
  }

  onScheduled(atMs: Ms, cachedTokens: number): void {
    this.#scheduledAtMs = atMs;
    this.#listener.onScheduled(atMs, cachedTokens);
  }

  onTokens(count: number, atMs: Ms): void {
    const metrics = this.#metrics;
    if (this.#tokens === 0) {
      this.#firstAtMs = atMs;
      metrics.promptTokens += this.#request.promptTokens;
      metrics.ttft.observe((atMs - this.#receivedAtMs) / 1000);
    } else {
      metrics.interTokenLatency.observe((atMs - this.#lastAtMs) / 1000);
    }
    metrics.generationTokens += count;
    this.#lastAtMs = atMs;
    this.#tokens += count;
    this.#listener.onTokens(count, atMs);
  }

  onEnd(end: EngineEnd, atMs: Ms): void {
    const measured = this.#times(end);
    this.#metrics.finished(measured.finishedReason);
    if (end === 'answered') this.#observeWhole(measured);
    this.#listener.onEnd(end, atMs, measured);
  }

  #reasonOf(end: EngineEnd): FinishedReason {
    if (end === 'failed') return 'error';
    if (end !== 'answered') return 'abort';
    return this.#request.outputTokens < this.#request.maxOutputTokens ? 'stop' : 'length';
  }

  #times(end: EngineEnd): MeasuredTimes {
    return {
      finishedReason: this.#reasonOf(end),
      tokens: this.#tokens,
      queueS: (this.#scheduledAtMs - this.#queuedAtMs) / 1000,
      firstTokenS: (this.#firstAtMs - this.#receivedAtMs) / 1000,
      prefillS: (this.#firstAtMs - this.#scheduledAtMs) / 1000,
      decodeS: (this.#lastAtMs - this.#firstAtMs) / 1000,
      inferenceS: (this.#lastAtMs - this.#scheduledAtMs) / 1000,
      endToEndS: (this.#lastAtMs - this.#receivedAtMs) / 1000,
    };
  }

  #observeWhole({ tokens, queueS, prefillS, decodeS, inferenceS, endToEndS }: MeasuredTimes): void {
    const metrics = this.#metrics;
    const { promptTokens, maxOutputTokens } = this.#request;
    metrics.endToEnd.observe(endToEndS);
    metrics.queueTime.observe(queueS);
    metrics.inferenceTime.observe(inferenceS);
    metrics.prefillTime.observe(prefillS);
    metrics.decodeTime.observe(decodeS);
    if (tokens > 1) metrics.timePerOutputToken.observe(decodeS / (tokens - 1));
    metrics.requestPromptTokens.observe(promptTokens);
    metrics.requestGenerationTokens.observe(tokens);
    metrics.requestMaxTokens.observe(maxOutputTokens);
  }
}
