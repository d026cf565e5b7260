import type { Ms } from '../../../core/time/clock.ts';
import type { EngineEnd, EngineListener } from '../engine/engine.ts';
import type { NodeMetrics } from './node-metrics.ts';

/** Why a request ended, in the words of vLLM: the model was done, the bound was reached, the client left, or it failed. */
export type FinishedReason = 'stop' | 'length' | 'abort' | 'error';

export interface MeasuredRequestOptions {
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly maxOutputTokens: number;
}

/**
 * Measures one request for Prometheus and tells its listener what it hears. As in vLLM, prompt tokens count when the first
 * token comes, and only an answered request enters the histograms of whole requests. Hot path: one observation a token.
 */
export class MeasuredRequest implements EngineListener {
  readonly #metrics: NodeMetrics;
  readonly #request: MeasuredRequestOptions;
  readonly #receivedAtMs: Ms;
  readonly #listener: EngineListener;
  #queuedAtMs: Ms;
  #scheduledAtMs: Ms;
  #firstAtMs: Ms = 0;
  #lastAtMs: Ms = 0;
  #tokens = 0;

  constructor(metrics: NodeMetrics, request: MeasuredRequestOptions, receivedAtMs: Ms, listener: EngineListener) {
    this.#metrics = metrics;
    this.#request = request;
    this.#receivedAtMs = receivedAtMs;
    this.#queuedAtMs = receivedAtMs;
    this.#scheduledAtMs = receivedAtMs;
    this.#listener = listener;
  }

  onQueued(atMs: Ms): void {
    this.#queuedAtMs = atMs;
    this.#listener.onQueued?.(atMs);
  }

  onScheduled(atMs: Ms): void {
    this.#scheduledAtMs = atMs;
    this.#listener.onScheduled(atMs);
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
    this.#metrics.finished(this.#reasonOf(end));
    if (end === 'answered') this.#observeWhole();
    this.#listener.onEnd(end, atMs);
  }

  #reasonOf(end: EngineEnd): FinishedReason {
    if (end === 'failed') return 'error';
    if (end !== 'answered') return 'abort';
    return this.#request.outputTokens < this.#request.maxOutputTokens ? 'stop' : 'length';
  }

  #observeWhole(): void {
    const metrics = this.#metrics;
    const { promptTokens, maxOutputTokens } = this.#request;
    const decodeS = (this.#lastAtMs - this.#firstAtMs) / 1000;
    metrics.endToEnd.observe((this.#lastAtMs - this.#receivedAtMs) / 1000);
    metrics.queueTime.observe((this.#scheduledAtMs - this.#queuedAtMs) / 1000);
    metrics.inferenceTime.observe((this.#lastAtMs - this.#scheduledAtMs) / 1000);
    metrics.prefillTime.observe((this.#firstAtMs - this.#scheduledAtMs) / 1000);
    metrics.decodeTime.observe(decodeS);
    if (this.#tokens > 1) metrics.timePerOutputToken.observe(decodeS / (this.#tokens - 1));
    metrics.requestPromptTokens.observe(promptTokens);
    metrics.requestGenerationTokens.observe(this.#tokens);
    metrics.requestMaxTokens.observe(maxOutputTokens);
  }
}
