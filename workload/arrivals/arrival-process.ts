import type { z } from 'zod';
import type { Rng } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';

/** What a run offers, for a process that says when. */
export interface Offered {
  /** Mean rate over all clients, per second. */
  readonly ratePerS: number;
  readonly durationMs: Ms;
  /** The instant at which the run starts, for the hour of the day. */
  readonly startUnixMs: number;
  readonly clients: readonly OfferingClient[];
  /** When the request `index` of the stretch of the trace arrived, in seconds; the trace repeats without end. */
  readonly traceTimeS: (index: number) => number;
  /** Seconds of the run for a second of the trace; null where the stretch is scaled to the rate. */
  readonly timeScale: number | null;
  readonly rng: Rng;
}

export interface OfferingClient {
  readonly share: number;
  /** Longitude, east positive, for its solar time. */
  readonly lonDeg: number;
}

/** When requests are meant to leave. */
export interface Arrivals {
  /** In order, each in [0, durationMs). */
  readonly timesMs: readonly Ms[];
  /** How much the share of a client, by its index, counts at an instant. Absent where shares do not change. */
  readonly weightAt?: (client: number, atMs: Ms) => number;
}

/** A way in which requests arrive: its keys in a scenario, and its instants. All of them have the mean rate `ratePerS`. */
export interface ArrivalProcess<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;
  arrivals(config: z.output<Schema>, offered: Offered): Arrivals;
}

/** The number of requests that a process without chance offers. */
export const countOf = ({ ratePerS, durationMs }: Offered): number =>
  Math.max(1, Math.round((ratePerS * durationMs) / 1000));
