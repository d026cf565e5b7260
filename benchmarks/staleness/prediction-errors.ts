import type { Event } from '../../core/event/event.ts';
import { ascending, mean, quantile } from '../../core/stats/quantile.ts';
import type { Ms } from '../../core/time/clock.ts';

/** How far the predictions of a run were from what came; NaN for a policy that predicts nothing. */
export interface PredictionFigures {
  /** Of the predicted minus the realised time to the first token, without its sign, in milliseconds. */
  readonly errorP50Ms: Ms;
  readonly errorP90Ms: Ms;
  /** The median with its sign: below 0 where predictions are too short. */
  readonly biasMs: Ms;
  /**
   * 1 - mean error / mean error of who says the median of the endpoint each time. 1 is perfect, and at 0 or below a prediction is worth
   * nothing: it knows no more than where the request went.
   */
  readonly skill: number;
  /** From the intended start, over all requests; Infinity where it falls among those without a first token. */
  readonly ttftP99Ms: Ms;
}

/**
 * Compares what a policy expected when it chose with what came to the router, from the events of a run, over the requests that were intended from
 * `fromMs` on. Events tell when a first token came to its user: the way from the router is taken to be the shortest that a request had to it.
 */
export class PredictionErrors {
  readonly #fromMs: Ms;
  readonly #open = new Map<number, Open>();
  readonly #pairs: Pair[] = [];
  readonly #ttftMs: number[] = [];
  #accessMs = Number.POSITIVE_INFINITY;

  constructor(fromMs: Ms) {
    this.#fromMs = fromMs;
  }

  add(event: Event): void {
    if (event.kind === 'sent') {
      if (event.intendedAtMs >= this.#fromMs)
        this.#open.set(event.request, { intendedAtMs: event.intendedAtMs, sentAtMs: event.atMs, chosen: null });
      return;
    }
    if (event.kind !== 'routed' && event.kind !== 'first-token') return;
    const open = this.#open.get(event.request);
    if (open === undefined) return;
    if (event.kind === 'routed') {
      this.#accessMs = Math.min(this.#accessMs, event.atMs - open.sentAtMs);
      open.chosen = { endpoint: event.endpoint, atMs: event.atMs, expectedMs: event.expectedMs ?? Number.NaN };
      return;
    }
    this.#open.delete(event.request);
    this.#ttftMs.push(event.atMs - open.intendedAtMs);
    if (open.chosen === null) return;
    const { endpoint, atMs, expectedMs } = open.chosen;
    this.#pairs.push({ endpoint, expectedMs, seenAfterMs: event.atMs - atMs });
  }

  /** What was compared; the run is over. Requests without a first token count as endless. */
  figures(): PredictionFigures {
    const ttftMs = [...this.#ttftMs, ...Array<number>(this.#open.size).fill(Number.POSITIVE_INFINITY)];
    const pairs = this.#pairs.map(({ seenAfterMs, ...pair }) => ({
      ...pair,
      realisedMs: seenAfterMs - this.#accessMs,
    }));
    const signed = pairs.map(({ expectedMs, realisedMs }) => expectedMs - realisedMs);
    const errors = ascending(signed.map(Math.abs));
    const usual = new Map(
      [...Map.groupBy(pairs, ({ endpoint }) => endpoint)].map(([endpoint, of]) => [
        endpoint,
        quantile(ascending(of.map(({ realisedMs }) => realisedMs)), 0.5),
      ]),
    );
    const constant = pairs.map(({ endpoint, realisedMs }) => Math.abs(usual.get(endpoint)! - realisedMs));
    return {
      errorP50Ms: quantile(errors, 0.5),
      errorP90Ms: quantile(errors, 0.9),
      biasMs: quantile(ascending(signed), 0.5),
      skill: 1 - mean(errors) / mean(constant),
      ttftP99Ms: quantile(ascending(ttftMs), 0.99),
    };
  }
}

interface Open {
  readonly intendedAtMs: Ms;
  readonly sentAtMs: Ms;
  chosen: { readonly endpoint: string; readonly atMs: Ms; readonly expectedMs: number } | null;
}

interface Pair {
  readonly endpoint: string;
  readonly expectedMs: Ms;
  /** From the choice to the first token at the user. */
  readonly seenAfterMs: Ms;
}
