import { exponential } from '../core/random/distributions.ts';
import type { Rng, RngSource } from '../core/random/rng.ts';
import type { Ms } from '../core/time/clock.ts';
import type { LoadConfig } from './load-schema.ts';
import { ON_ITS_OWN, type PlannedRequest, type Schedule } from './schedule.ts';
import type { Trace } from './trace.ts';

/**
 * Makes the schedule of a run up front. A stretch of the trace that begins at a seeded row gives the lengths, and the
 * gaps where `arrivals` is `trace`: the stretch is as long as the run has requests, and its time is scaled to the run.
 * So every seed offers exactly `ratePerS * durationMs / 1000` requests of a real succession, unless arrivals are Poisson, whose number varies.
 */
export const makeSchedule = (options: {
  readonly load: LoadConfig;
  readonly trace: Trace;
  readonly durationMs: Ms;
  /** Clients by name, with their weight in the load. */
  readonly clients: readonly { readonly name: string; readonly share: number }[];
  readonly rng: RngSource;
}): Schedule => {
  const { load, trace, durationMs } = options;
  const rows = trace.arrivalS.length;
  const firstRow = options.rng('trace').below(rows);
  const clientOf = weightedChoice(options.clients, options.rng('clients'));
  return arrivalTimes(load, trace, { firstRow, durationMs, rng: options.rng('arrivals') }).map(
    (atMs, id): PlannedRequest => {
      const row = (firstRow + id) % rows;
      return {
        id,
        atMs,
        client: clientOf(),
        promptTokens: trace.promptTokens[row]!,
        outputTokens: Math.min(trace.outputTokens[row]!, load.maxOutputTokens),
        maxOutputTokens: load.maxOutputTokens,
        ...ON_ITS_OWN,
      };
    },
  );
};

const arrivalTimes = (
  load: LoadConfig,
  trace: Trace,
  { firstRow, durationMs, rng }: { readonly firstRow: number; readonly durationMs: Ms; readonly rng: Rng },
): readonly Ms[] => {
  const count = Math.max(1, Math.round((load.ratePerS * durationMs) / 1000));
  if (load.arrivals === 'constant') return Array.from({ length: count }, (_, index) => (index * durationMs) / count);
  if (load.arrivals === 'poisson') {
    const times: Ms[] = [];
    const meanGapMs = 1000 / load.ratePerS;
    for (let atMs = exponential(rng, meanGapMs); atMs < durationMs; atMs += exponential(rng, meanGapMs))
      times.push(atMs);
    return times;
  }
  const offsetsS = Array.from({ length: count + 1 }, (_, index) => traceTimeS(trace, firstRow + index));
  const startS = offsetsS[0]!;
  const lengthS = offsetsS[count]! - startS || 1;
  return offsetsS.slice(0, count).map((atS) => ((atS - startS) / lengthS) * durationMs);
};

/** The trace repeated end to end: the gap from its last row to its first is its mean gap. */
const traceTimeS = (trace: Trace, row: number): number => {
  const rows = trace.arrivalS.length;
  const lengthS = (trace.arrivalS[rows - 1]! * rows) / Math.max(1, rows - 1) || 1;
  return Math.floor(row / rows) * lengthS + trace.arrivalS[row % rows]!;
};

const weightedChoice = (
  clients: readonly { readonly name: string; readonly share: number }[],
  rng: Rng,
): (() => string) => {
  const total = clients.reduce((sum, client) => sum + client.share, 0);
  return () => {
    let left = rng.next() * total;
    for (const client of clients) {
      left -= client.share;
      if (left < 0) return client.name;
    }
    return clients.at(-1)!.name;
  };
};
