import { ascending, mean, quantile } from '../../core/stats/quantile.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { Served } from './replay.ts';
import type { RequestRow } from './request-rows.ts';

/**
 * What a server measures with one clock, in ms: time to the first token, mean time of a later token, time to the last token.
 * It counts from the instant when the request entered the engine's queue, as vLLM does. If the file of measurements does
 * not have that instant, it counts from the arrival.
 */
export const MEASURES = ['ttft', 'tpot', 'e2e'] as const;

/** The same, counted from the arrival: what users see. */
export const ARRIVAL_MEASURES = ['arrivalTtft', 'arrivalE2e'] as const;

export type Measure = (typeof MEASURES)[number] | (typeof ARRIVAL_MEASURES)[number];

export const FIGURES = ['mean', 'p50', 'p90', 'p99'] as const;

export type Figures = Readonly<Record<(typeof FIGURES)[number], Ms>>;

/** The samples of each measure, ascending. */
export type Samples = Readonly<Record<Measure, Float64Array>>;

/** The instants of an answered request on one clock; `arrivedMs` may be NaN. */
interface Answer {
  readonly arrivedMs: Ms;
  readonly queuedMs: Ms;
  readonly firstTokenMs: Ms;
  readonly lastTokenMs: Ms;
  readonly tokens: number;
}

export interface Comparison {
  readonly simulated: Samples;
  /** Measured samples of the same requests, or null when nothing was measured. */
  readonly measured: Samples | null;
}

/**
 * Samples of the answered requests. If the file has measured times, the result has these too, and contains only requests
 * that have both. If client and server had different clocks, the request that reached the queue first after its arrival
 * is assumed to have taken `ingestMs` to get there.
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

/** What to add to an arrival to get the time on the server's clock; NaN when it cannot be known. */
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

/** Clocks that differ by less than this are taken to be the same clock. */
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

/** All figures are NaN when there are no samples. */
export const figuresOf = (sorted: Float64Array): Figures => ({
  mean: mean(sorted),
  p50: quantile(sorted, 0.5),
  p90: quantile(sorted, 0.9),
  p99: quantile(sorted, 0.99),
});

/** The error of a simulated figure, in per cent of the measured one. */
export const errorPercent = (simulated: number, measured: number): number => (simulated / measured - 1) * 100;
