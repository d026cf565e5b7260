import type { Made, Zod } from '../../core/config/schema-maker.ts';
import type { Ms } from '../../core/time/clock.ts';

export const DEFAULT_EWMA = { tauMs: 10_000, failureMs: 5000 };

export const ewmaSchema = (z: Zod) =>
  z.strictObject({
    tauMs: z
      .number()
      .positive()
      .default(DEFAULT_EWMA.tauMs)
      .describe('Decay time of the peak-sensitive average, in milliseconds.'),
    failureMs: z
      .number()
      .positive()
      .default(DEFAULT_EWMA.failureMs)
      .describe(
        'The minimum latency that a failed attempt counts as, in milliseconds, where it carries no pushback hint.',
      ),
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
  /** The value at the instant of the last sample, in milliseconds; 0 before the first. */
  readonly valueMs: Float64Array;
  /** When that sample came; NaN before the first. */
  readonly sampledAtMs: Float64Array;
  /** The minimum that a failure counts as. */
  readonly failureMs: Ms;
  readonly #tauMs: Ms;
  /**
   * The value as it would have been at `#baseMs`: value * e^((t0 - base) / tau). So the values of all endpoints at one instant need one
   * exponential, and a pick over sixteen of them costs a third.
   */
  readonly #atBaseMs: Float64Array;
  #baseMs: Ms = Number.NaN;
  #keptAtMs: Ms = Number.NaN;
  #keptSinceBase = 0;

  constructor(endpoints: number, { tauMs, failureMs }: EwmaSettings) {
    this.valueMs = new Float64Array(endpoints);
    this.sampledAtMs = new Float64Array(endpoints).fill(Number.NaN);
    this.#atBaseMs = new Float64Array(endpoints).fill(Number.NaN);
    this.failureMs = failureMs;
    this.#tauMs = tauMs;
  }

  /** The average at `nowMs`; NaN for an endpoint without a sample. */
  at(endpoint: number, nowMs: Ms): Ms {
    if (nowMs === this.sampledAtMs[endpoint]) return this.valueMs[endpoint]!;
    if (nowMs !== this.#keptAtMs) {
      this.#keptAtMs = nowMs;
      this.#keptSinceBase = Math.exp((this.#baseMs - nowMs) / this.#tauMs);
    }
    return this.#atBaseMs[endpoint]! * this.#keptSinceBase;
  }

  sample(endpoint: number, sampleMs: Ms, nowMs: Ms): void {
    const kept = Math.exp((this.sampledAtMs[endpoint]! - nowMs) / this.#tauMs);
    const decayedMs = this.valueMs[endpoint]! * kept;
    const isPeak = Number.isNaN(kept) || sampleMs > decayedMs;
    this.valueMs[endpoint] = isPeak ? sampleMs : decayedMs + sampleMs * (1 - kept);
    this.sampledAtMs[endpoint] = nowMs;
    this.#rebase(endpoint, nowMs);
  }

  /** Goes on from the average of another one. */
  inherit(endpoint: number, from: PeakEwma, its: number): void {
    this.valueMs[endpoint] = from.valueMs[its]!;
    this.sampledAtMs[endpoint] = from.sampledAtMs[its]!;
    this.#rebase(endpoint, from.sampledAtMs[its]!);
  }

  /** Writes the value of an endpoint at the base; the base moves where it would be so far away that numbers get too large or too small. */
  #rebase(endpoint: number, nowMs: Ms): void {
    const isFar = !(Math.abs(nowMs - this.#baseMs) < MOST_TAUS * this.#tauMs);
    if (isFar && !Number.isNaN(nowMs)) {
      this.#baseMs = nowMs;
      this.#keptAtMs = Number.NaN;
    }
    const first = isFar ? 0 : endpoint;
    const after = isFar ? this.valueMs.length : endpoint + 1;
    for (let each = first; each < after; each++) {
      this.#atBaseMs[each] = this.valueMs[each]! * Math.exp((this.sampledAtMs[each]! - this.#baseMs) / this.#tauMs);
    }
  }
}

/** e^20 is far from the largest and the smallest number. */
const MOST_TAUS = 20;
