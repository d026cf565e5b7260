import { ascending, mean, quantile } from '../../core/stats/quantile.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { Served } from './replay.ts';
import type { RequestRow } from './request-rows.ts';

/**
 * What a server measures with one clock, in ms: until the first token, a token after it, until the last. It counts from when the
 * engine had the request in its queue, as vLLM does; where a file of measurements says no such instant, from the arrival.
 */
export const MEASURES = ['ttft', 'tpot', 'e2e'] as const;

/** The same from the arrival, which is what users feel. */
export const ARRIVAL_MEASURES = ['arrivalTtft', 'arrivalE2e'] as const;

export type Measure = (typeof MEASURES)[number] | (typeof ARRIVAL_MEASURES)[number];

export const FIGURES = ['mean', 'p50', 'p90', 'p99'] as const;

export type Figures = Readonly<Record<(typeof FIGURES)[number], Ms>>;

/** The samples of each measure, ascending. */
export type Samples = Readonly<Record<Measure, Float64Array>>;

/** An answered request by one clock; `arrivedMs` may be NaN. */
interface Answer {
  readonly arrivedMs: Ms;
  readonly queuedMs: Ms;
  readonly firstTokenMs: Ms;
  readonly lastTokenMs: Ms;
  readonly tokens: number;
}

export interface Comparison {
  readonly simulated: Samples;
  /** Of the same requests, or null where nothing was measured. */
  readonly measured: Samples | null;
}

/**
 * Samples of the answered requests, and beside them the measured ones where the file has them: then only of requests that
 * have both. Where client and server had a clock each, the request that reached the queue soonest is taken to have
 * needed `ingestMs`.
 */
export const comparisonOf = (rows: readonly RequestRow[], served: readonly Served[], ingestMs: Ms): Comparison => {
  const hasMeasured = rows.some(({ measured }) => measured !== null);
  const chosen = rows.flatMap((row, index) => {
    const outcome = served[index]!;
    return outcome.refusal !== null || (hasMeasured && row.measured === null) ? [] : [{ row, outcome }];
  });
  const hasQueue = !hasMeasured || rows.some(({ measured }) => measured !== null && measured.queuedMs !== null);
  const simulated = samplesOf(
    chosen.map(({ row, outcome }) => ({
      ...outcome,
      arrivedMs: row.arrivedMs,
      queuedMs: hasQueue ? outcome.queuedMs : row.arrivedMs,
      tokens: row.outputTokens,
    })),
  );
  if (!hasMeasured) return { simulated, measured: null };
  const aheadMs = clockAheadMs(rows, ingestMs);
  const answers = chosen.map(({ row, outcome }): Answer => {
    const { queuedMs, firstTokenMs, lastTokenMs } = row.measured!;
    const arrivedMs = row.arrivedMs + aheadMs;
    return {
      arrivedMs,
      queuedMs: queuedMs ?? (hasQueue ? Number.NaN : arrivedMs),
      firstTokenMs,
      lastTokenMs,
      tokens: outcome.tokens,
    };
  });
  return { simulated, measured: samplesOf(answers) };
};

/** What to add to an arrival to read it on the server's clock; NaN when nobody can know. */
const clockAheadMs = (rows: readonly RequestRow[], ingestMs: Ms): Ms => {
  let soonestQueuedMs = Number.POSITIVE_INFINITY;
  let soonestTokenMs = Number.POSITIVE_INFINITY;
  for (const { arrivedMs, measured } of rows) {
    if (measured === null) continue;
    soonestTokenMs = Math.min(soonestTokenMs, measured.firstTokenMs - arrivedMs);
    if (measured.queuedMs !== null) soonestQueuedMs = Math.min(soonestQueuedMs, measured.queuedMs - arrivedMs);
  }
  const isOneClock = soonestTokenMs >= 0 && soonestTokenMs < DAY_MS;
  if (isOneClock && !(soonestQueuedMs < 0)) return 0;
  return Number.isFinite(soonestQueuedMs) ? soonestQueuedMs - ingestMs : Number.NaN;
};

/** Two clocks that are nearer than this to each other are one. */
const DAY_MS = 86_400_000;

const samplesOf = (answers: readonly Answer[]): Samples => {
  const samples = (measure: (answer: Answer) => Ms): Float64Array =>
    ascending(answers.map(measure).filter(Number.isFinite));
  return {
    ttft: samples(({ firstTokenMs, queuedMs }) => firstTokenMs - queuedMs),
    tpot: samples(({ firstTokenMs, lastTokenMs, tokens }) => (lastTokenMs - firstTokenMs) / (tokens - 1)),
    e2e: samples(({ lastTokenMs, queuedMs }) => lastTokenMs - queuedMs),
    arrivalTtft: samples(({ firstTokenMs, arrivedMs }) => firstTokenMs - arrivedMs),
    arrivalE2e: samples(({ lastTokenMs, arrivedMs }) => lastTokenMs - arrivedMs),
  };
};

/** NaN where there are no samples. */
export const figuresOf = (sorted: Float64Array): Figures => ({
  mean: mean(sorted),
  p50: quantile(sorted, 0.5),
  p90: quantile(sorted, 0.9),
  p99: quantile(sorted, 0.99),
});

/** How far a simulated figure is from the measured one, in per cent of the latter. */
export const errorPercent = (simulated: number, measured: number): number => (simulated / measured - 1) * 100;
