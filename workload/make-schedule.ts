import type { RngSource } from '../core/random/rng.ts';
import type { Ms } from '../core/time/clock.ts';
import { arrivalsOf } from './arrivals/registry.ts';
import { type ClientShare, clientChoice } from './client-choice.ts';
import type { LoadConfig } from './load-schema.ts';
import { ON_ITS_OWN, type PlannedRequest, type Schedule } from './schedule.ts';
import { prefixAt, sessionAt, type Trace, traceTimeS } from './trace/trace.ts';

/**
 * Makes the schedule of a run up front. A stretch of the trace that begins at a seeded row gives the lengths, and the
 * gaps where `arrivals` is `trace`: the stretch is as long as the run has requests, and its time is scaled to the run.
 * So every seed offers exactly `ratePerS * durationMs / 1000` requests of a real succession, unless arrivals are drawn: then their number varies.
 * Where the load states no rate, the trace is played from its first row at its own times.
 */
export const makeSchedule = (options: {
  readonly load: LoadConfig;
  readonly trace: Trace;
  readonly durationMs: Ms;
  /** The instant at which the run starts, for arrivals that follow the hour. Default: midnight. */
  readonly startUnixMs?: number;
  /** Clients by name, with their weight in the load, and their longitude for arrivals that follow the hour: 0 by default. */
  readonly clients: readonly ClientShare[];
  readonly rng: RngSource;
}): Schedule => {
  const { load, trace, durationMs } = options;
  const rows = trace.arrivalS.length;
  const timeScale = typeof load.trace === 'string' ? undefined : load.trace.timeScale;
  const firstRow = timeScale === undefined ? options.rng('trace').below(rows) : 0;
  const clients = options.clients.map((client) => ({ lonDeg: 0, ...client }));
  const arrivals = arrivalsOf(load.arrivals, {
    ratePerS: load.ratePerS,
    durationMs,
    startUnixMs: options.startUnixMs ?? 0,
    clients,
    traceTimeS: (index) => traceTimeS(trace, firstRow + index),
    timeScale: timeScale ?? null,
    rng: options.rng('arrivals'),
  });
  const clientAt = clientChoice(clients, arrivals, options.rng('clients'));
  const turnOf = turnCounter();
  return arrivals.timesMs.map((atMs, id): PlannedRequest => {
    const row = (firstRow + id) % rows;
    const session = sessionAt(trace, firstRow + id);
    return {
      id,
      atMs,
      client: clientAt(atMs),
      promptTokens: trace.promptTokens[row]!,
      outputTokens: Math.min(trace.outputTokens[row]!, load.maxOutputTokens),
      maxOutputTokens: load.maxOutputTokens,
      ...ON_ITS_OWN,
      session,
      turn: turnOf(session),
      prefix: prefixAt(trace, firstRow + id),
    };
  });
};

/** Numbers the requests of each session, from 1; 0 without a session. */
const turnCounter = (): ((session: string) => number) => {
  const turns = new Map<string, number>();
  return (session) => {
    if (session === '') return 0;
    const turn = (turns.get(session) ?? 0) + 1;
    turns.set(session, turn);
    return turn;
  };
};
