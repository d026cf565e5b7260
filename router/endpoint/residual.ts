import type { Made, Zod } from '../../core/config/schema-maker.ts';
import type { Ms } from '../../core/time/clock.ts';

export const DEFAULT_RESIDUAL = { tauMs: 3000, baselineTauMs: 120_000 };

export const residualSchema = (z: Zod) =>
  z.strictObject({
    tauMs: z
      .number()
      .positive()
      .default(DEFAULT_RESIDUAL.tauMs)
      .describe('How fast the error of a prediction is learnt and forgotten within a slot, in milliseconds.'),
    baselineTauMs: z
      .number()
      .positive()
      .default(DEFAULT_RESIDUAL.baselineTauMs)
      .describe('The same for the long-run error, which remains after a hand-over, in milliseconds.'),
  });

export type ResidualSettings = Made<typeof residualSchema>;

/**
 * The error of a policy's predictions for each endpoint, learnt from measured minus predicted TTFT (signed).
 *
 * Two averages: a recent one, which says how this slot is, and a baseline over many slots. Between samples the recent
 * one relaxes to the baseline and the baseline to zero, so that an endpoint once found bad is tried again:
 *
 *     B(t) = B * e^(-dt / baselineTau)    R(t) = B(t) + (R - B) * e^(-dt / tau)
 *     sample x at t:  B := B(t) + (x - B(t)) * (1 - e^(-dt / baselineTau)), R likewise with tau
 *
 * A hand-over makes the recent one void (its knowledge of the network was about another satellite): until the next
 * sample only the baseline counts, and that sample sets R := x. A failure raises R at once and leaves B alone. A failure of
 * the node has nothing to do with the network: until the next sample no hand-over makes R void.
 */
export class Residual {
  /** The recent error at the instant of the last sample, in milliseconds. */
  readonly recentMs: Float64Array;
  readonly baselineMs: Float64Array;
  /** When that sample came; NaN before the first. */
  readonly sampledAtMs: Float64Array;
  /** 1 where the last sample was a failure of the node. */
  readonly #nodeFailed: Uint8Array;
  readonly #settings: ResidualSettings;

  constructor(endpoints: number, settings: ResidualSettings) {
    this.recentMs = new Float64Array(endpoints);
    this.baselineMs = new Float64Array(endpoints);
    this.sampledAtMs = new Float64Array(endpoints).fill(Number.NaN);
    this.#nodeFailed = new Uint8Array(endpoints);
    this.#settings = settings;
  }

  /** The error to expect at `nowMs`, in milliseconds; 0 without a sample. `handoverAtMs` is the first after the last sample. */
  at(endpoint: number, nowMs: Ms, handoverAtMs: Ms): Ms {
    const elapsedMs = nowMs - this.sampledAtMs[endpoint]!;
    if (Number.isNaN(elapsedMs)) return 0;
    const baselineMs = this.#baselineAt(endpoint, nowMs);
    if (this.#isVoid(endpoint, nowMs, handoverAtMs)) return baselineMs;
    const aboveMs = this.recentMs[endpoint]! - this.baselineMs[endpoint]!;
    return baselineMs + aboveMs * Math.exp(-elapsedMs / this.#settings.tauMs);
  }

  sample(endpoint: number, errorMs: Ms, nowMs: Ms, handoverAtMs: Ms): void {
    const elapsedMs = nowMs - this.sampledAtMs[endpoint]!;
    const isFirst = Number.isNaN(elapsedMs);
    const isNewSlot = this.#isVoid(endpoint, nowMs, handoverAtMs);
    const recentMs = this.at(endpoint, nowMs, handoverAtMs);
    const baselineMs = this.#baselineAt(endpoint, nowMs);
    const recentShare = isFirst || isNewSlot ? 1 : 1 - Math.exp(-elapsedMs / this.#settings.tauMs);
    const baselineShare = isFirst ? 1 : 1 - Math.exp(-elapsedMs / this.#settings.baselineTauMs);
    this.recentMs[endpoint] = recentMs + (errorMs - recentMs) * recentShare;
    this.baselineMs[endpoint] = baselineMs + (errorMs - baselineMs) * baselineShare;
    this.sampledAtMs[endpoint] = nowMs;
    this.#nodeFailed[endpoint] = 0;
  }

  /** A failed attempt counts as `errorMs` over its prediction; the path or the node caused it. */
  fail(
    endpoint: number,
    failure: { readonly errorMs: Ms; readonly nowMs: Ms; readonly handoverAtMs: Ms; readonly ofPath: boolean },
  ): void {
    const { errorMs, nowMs, handoverAtMs, ofPath } = failure;
    const recentMs = this.at(endpoint, nowMs, handoverAtMs);
    const baselineMs = this.#baselineAt(endpoint, nowMs);
    this.recentMs[endpoint] = Math.max(recentMs, errorMs);
    this.baselineMs[endpoint] = baselineMs;
    this.sampledAtMs[endpoint] = nowMs;
    this.#nodeFailed[endpoint] = ofPath ? 0 : 1;
  }

  /** Goes on from what another one has learnt. */
  inherit(endpoint: number, from: Residual, its: number): void {
    this.recentMs[endpoint] = from.recentMs[its]!;
    this.baselineMs[endpoint] = from.baselineMs[its]!;
    this.sampledAtMs[endpoint] = from.sampledAtMs[its]!;
    this.#nodeFailed[endpoint] = from.#nodeFailed[its]!;
  }

  /** Whether a hand-over since the last sample has made the recent error void. */
  #isVoid(endpoint: number, nowMs: Ms, handoverAtMs: Ms): boolean {
    return handoverAtMs <= nowMs && this.#nodeFailed[endpoint] === 0;
  }

  #baselineAt(endpoint: number, nowMs: Ms): Ms {
    const elapsedMs = nowMs - this.sampledAtMs[endpoint]!;
    if (Number.isNaN(elapsedMs)) return 0;
    return this.baselineMs[endpoint]! * Math.exp(-elapsedMs / this.#settings.baselineTauMs);
  }
}
