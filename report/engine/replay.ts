import { seededRng } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';
import { VirtualClock } from '../../core/time/virtual-clock.ts';
import type { RefusalReason } from '../../services/node/engine/admission.ts';
import { Engine, type EngineOptions } from '../../services/node/engine/engine.ts';
import type { LoadSample } from './load-series.ts';
import type { RequestRow } from './request-rows.ts';

/** How the engine served one request, in ms since the first arrival; NaN for an instant that was not reached. */
export interface Served {
  queuedMs: Ms;
  firstTokenMs: Ms;
  lastTokenMs: Ms;
  tokens: number;
  refusal: RefusalReason | null;
}

export interface Replay {
  /** Same order as the rows. */
  readonly served: readonly Served[];
  /** One sample a second, from the first request to the end of the last. Longer than a day: fewer samples, evenly spaced. */
  readonly series: readonly LoadSample[];
  readonly preemptions: number;
  readonly prefixCache: { readonly queries: number; readonly hits: number };
}

/** Sends every request to an engine at its arrival time, in virtual time, and waits until all have ended. */
export const replay = (
  rows: readonly RequestRow[],
  options: Omit<EngineOptions, 'name' | 'clock' | 'rng'> & { readonly seed: number },
): Replay => {
  const clock = new VirtualClock();
  const engine = new Engine({ ...options, name: 'replay', clock, rng: seededRng(options.seed)('node/replay') });
  const series: LoadSample[] = [];
  let open = rows.length;
  const served = rows.map((row, id): Served => {
    const outcome: Served = {
      queuedMs: Number.NaN,
      firstTokenMs: Number.NaN,
      lastTokenMs: Number.NaN,
      tokens: 0,
      refusal: null,
    };
    const { promptTokens, outputTokens, prefix } = row;
    clock.at(row.arrivedMs, () => {
      const request = { id, promptTokens, outputTokens, maxOutputTokens: outputTokens, prefix };
      const submission = engine.submit(request, {
        onQueued: (atMs) => {
          outcome.queuedMs = atMs;
        },
        onScheduled: () => {},
        onTokens: (count, atMs) => {
          if (outcome.tokens === 0) outcome.firstTokenMs = atMs;
          outcome.lastTokenMs = atMs;
          outcome.tokens += count;
        },
        onEnd: () => {
          open--;
        },
      });
      if (submission.kind === 'accepted') return;
      outcome.refusal = submission.reason;
      open--;
    });
    return outcome;
  });
  let everyMs = 1000;
  const sample = (atMs: Ms): void => {
    const { running, waiting, kvUsage } = engine.report(atMs);
    series.push({ atS: atMs / 1000, running, waiting, kvShare: kvUsage });
    if (series.length >= MOST_SAMPLES) {
      series.splice(0, series.length, ...series.filter((_, index) => index % 2 === 1));
      everyMs *= 2;
    }
    if (open > 0) clock.at(atMs + everyMs, sample);
  };
  clock.at(1000, sample);
  clock.runUntil(Number.POSITIVE_INFINITY);
  return { served, series, preemptions: engine.preemptions, prefixCache: engine.prefixCache };
};

/** More than the seconds of a day. An even number, so that after halving the samples are evenly spaced up to the last. */
const MOST_SAMPLES = 100_000;
