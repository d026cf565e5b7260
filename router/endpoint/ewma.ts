import type { Made, Zod } from '../../core/config/schema-maker.ts';
import { tune } from '../../core/config/tune-hint.ts';
import type { Ms } from '../../core/time/clock.ts';
import { DecayingValues } from './decaying-values.ts';

export const DEFAULT_EWMA = { tauMs: 10_000, failureMs: 5000 };

export const ewmaSchema = (z: Zod) =>
  z.strictObject({
    tauMs: z
      .number()
      .positive()
      .default(DEFAULT_EWMA.tauMs)
      .describe('Decay time of the peak-sensitive average, in milliseconds.')
      .meta(tune({ from: 100, to: 120000 })),
    failureMs: z
      .number()
      .positive()
      .default(DEFAULT_EWMA.failureMs)
      .describe(
        'The minimum latency that a failed attempt counts as, in milliseconds, where it carries no pushback hint.',
      )
      .meta(tune({ from: 100, to: 60000 })),
  });

export type EwmaSettings = Made<typeof ewmaSchema>;

/**
 * A peak-sensitive moving average for each endpoint: it jumps to a worse sample at once and forgets it with time.
 *
 *     E(t) = E * e^(-(t - t0) / tau)
 *     sample x at t:  x > E(t): E := x    else: E := E(t) + x * (1 - e^(-(t - t0) / tau))
 *
 * Source: Finagle and linkerd2 (tau 10 s in both). Hot path: typed arrays; `at` allocates nothing.
 */
export class PeakEwma {
  /** The minimum that a failure counts as. */
  failureMs: Ms;
  readonly #values: DecayingValues;

  constructor(endpoints: number, { tauMs, failureMs }: EwmaSettings) {
    this.#values = new DecayingValues(endpoints, tauMs);
    this.failureMs = failureMs;
  }

  /** The value at the instant of the last sample, in milliseconds; 0 before the first. */
  get valueMs(): Float64Array {
    return this.#values.value;
  }

  /** When that sample came; NaN before the first. */
  get sampledAtMs(): Float64Array {
    return this.#values.sampledAtMs;
  }

  /** The average at `nowMs`; NaN for an endpoint without a sample. */
  at(endpoint: number, nowMs: Ms): Ms {
    return this.#values.at(endpoint, nowMs);
  }

  /** Writes the average of the first `count` endpoints of `list` at `nowMs` into `into`, by place. */
  allAt(list: Uint32Array, count: number, nowMs: Ms, into: Float64Array): void {
    const values = this.#values;
    const { atBase, sampledAtMs, value } = values;
    const kept = values.keptSinceBaseAt(nowMs);
    for (let place = 0; place < count; place++) into[place] = atBase[list[place]!]! * kept;
    if (values.isAfterAll(nowMs)) return;
    for (let place = 0; place < count; place++) {
      if (sampledAtMs[list[place]!] === nowMs) into[place] = value[list[place]!]!;
    }
  }

  sample(endpoint: number, sampleMs: Ms, nowMs: Ms): void {
    const kept = this.#values.keptOf(endpoint, nowMs);
    const decayedMs = this.valueMs[endpoint]! * kept;
    const isPeak = Number.isNaN(kept) || sampleMs > decayedMs;
    this.#values.set(endpoint, isPeak ? sampleMs : decayedMs + sampleMs * (1 - kept), nowMs);
  }

  /** Averages by other settings from now on; what it has learnt stays. */
  retune({ tauMs, failureMs }: EwmaSettings): void {
    this.#values.retune(tauMs);
    this.failureMs = failureMs;
  }

  /** Goes on from the average of another one. */
  inherit(endpoint: number, from: PeakEwma, its: number): void {
    this.#values.inherit(endpoint, from.#values, its);
  }
}
