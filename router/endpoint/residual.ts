import type { Made, Zod } from '../../core/config/schema-maker.ts';
import { tune } from '../../core/config/tune-hint.ts';
import type { Ms } from '../../core/time/clock.ts';
import { DecayingValues } from './decaying-values.ts';

export const DEFAULT_RESIDUAL = { tauMs: 3000, baselineTauMs: 120_000 };

export const residualSchema = (z: Zod) =>
  z.strictObject({
    tauMs: z
      .number()
      .positive()
      .default(DEFAULT_RESIDUAL.tauMs)
      .describe('How fast the error of a prediction is learnt and forgotten within a slot, in milliseconds.')
      .meta(tune({ from: 100, to: 60000 })),
    baselineTauMs: z
      .number()
      .positive()
      .default(DEFAULT_RESIDUAL.baselineTauMs)
      .describe('The same for the long-run error, which remains after a hand-over, in milliseconds.')
      .meta(tune({ from: 1000, to: 600000 })),
  });

export type ResidualSettings = Made<typeof residualSchema>;

/**
 * The error of a policy's predictions for each endpoint, learnt from measured minus predicted TTFT (signed).
 *
 * Two averages: a recent one, which says how this slot is, and a baseline over many slots. Between samples the recent
 * one relaxes to the baseline and the baseline to zero, so that an endpoint once found bad is tried again:
 *
 *     B(t) = B * e^(-dt / baselineTau)    R(t) = B(t) + (R - B) * e^(-dt / tau)
 *     sample x at t:  B := B(t) + (x - B(t)) * max(1 / n, 1 - e^(-dt / baselineTau)), R likewise with tau and without n
 *
 * The n-th sample counts at least 1/n in the baseline: the first ones are averaged. Else the very first, which is of a node that had reported nothing, would count
 * for two minutes.
 *
 * A hand-over makes the recent one void (its knowledge of the network was about another satellite): until the next
 * sample only the baseline counts, and that sample sets R := x. A failure raises R at once and leaves B alone. A failure of
 * the node has nothing to do with the network: until the next sample no hand-over makes R void.
 */
export class Residual {
  /** The baseline at the instant of the last sample, and how far the recent error was above it. */
  readonly #baseline: DecayingValues;
  readonly #above: DecayingValues;
  /** When the recent error becomes void: the first hand-over after the last sample, or never where that was a failure of the node. */
  readonly #voidAtMs: Float64Array;
  /** 1 where the last sample was a failure of the node. */
  readonly #nodeFailed: Uint8Array;
  /** How many samples there were. */
  readonly #samples: Uint32Array;
  readonly #handoverAfter: HandoverAfter;

  /** `handoverAfter` is the first hand-over on a path after an instant; none where it is left out. */
  constructor(endpoints: number, { tauMs, baselineTauMs }: ResidualSettings, handoverAfter: HandoverAfter = NEVER) {
    this.#baseline = new DecayingValues(endpoints, baselineTauMs);
    this.#above = new DecayingValues(endpoints, tauMs);
    this.#voidAtMs = new Float64Array(endpoints).fill(Number.POSITIVE_INFINITY);
    this.#nodeFailed = new Uint8Array(endpoints);
    this.#samples = new Uint32Array(endpoints);
    this.#handoverAfter = handoverAfter;
  }

  /** When the last sample came; NaN before the first. */
  get sampledAtMs(): Float64Array {
    return this.#baseline.sampledAtMs;
  }

  /** The baseline at the last sample, in milliseconds; 0 before the first. */
  baselineMs(endpoint: number): Ms {
    return this.#baseline.value[endpoint]!;
  }

  /** The recent error at the last sample, in milliseconds; 0 before the first. */
  recentMs(endpoint: number): Ms {
    return this.#baseline.value[endpoint]! + this.#above.value[endpoint]!;
  }

  /** The error to expect at `nowMs`, in milliseconds; 0 without a sample. */
  at(endpoint: number, nowMs: Ms): Ms {
    const baselineMs = this.#baseline.at(endpoint, nowMs);
    if (Number.isNaN(baselineMs)) return 0;
    return this.#voidAtMs[endpoint]! <= nowMs ? baselineMs : baselineMs + this.#above.at(endpoint, nowMs);
  }

  /** Writes `predictedMs` and the error to expect at `nowMs` into `into`, by place, of the first `count` endpoints of `list`. */
  addTo(predictedMs: Float64Array, list: Uint32Array, count: number, nowMs: Ms, into: Float64Array): void {
    const baseline = this.#baseline;
    const above = this.#above;
    const voidAtMs = this.#voidAtMs;
    const baselineAtBase = baseline.atBase;
    const aboveAtBase = above.atBase;
    const baselineKept = baseline.keptSinceBaseAt(nowMs);
    const aboveKept = above.keptSinceBaseAt(nowMs);
    for (let place = 0; place < count; place++) {
      const endpoint = list[place]!;
      const baselineMs = baselineAtBase[endpoint]! * baselineKept;
      const aboveMs = aboveAtBase[endpoint]! * aboveKept;
      const errorMs = voidAtMs[endpoint]! <= nowMs ? baselineMs : baselineMs + aboveMs;
      into[place] = predictedMs[place]! + (Number.isNaN(errorMs) ? 0 : errorMs);
    }
    if (baseline.isAfterAll(nowMs)) return;
    const { sampledAtMs } = baseline; // of those whose sample is of this instant, the value itself
    for (let place = 0; place < count; place++) {
      const endpoint = list[place]!;
      if (sampledAtMs[endpoint] === nowMs) into[place] = predictedMs[place]! + this.at(endpoint, nowMs);
    }
  }

  sample(endpoint: number, errorMs: Ms, nowMs: Ms): void {
    const isFirst = Number.isNaN(this.sampledAtMs[endpoint]!);
    const isNewSlot = this.#voidAtMs[endpoint]! <= nowMs;
    const recentMs = this.at(endpoint, nowMs);
    const beforeMs = isFirst ? 0 : this.#baseline.at(endpoint, nowMs);
    const recentShare = isFirst || isNewSlot ? 1 : 1 - this.#above.keptOf(endpoint, nowMs);
    const samples = this.#samples[endpoint]! + 1;
    this.#samples[endpoint] = samples;
    const baselineShare = isFirst ? 1 : Math.max(1 / samples, 1 - this.#baseline.keptOf(endpoint, nowMs));
    const baselineMs = beforeMs + (errorMs - beforeMs) * baselineShare;
    this.#set(endpoint, baselineMs, recentMs + (errorMs - recentMs) * recentShare, nowMs);
    this.#sampled(endpoint, nowMs, false);
  }

  /** A failed attempt counts as `errorMs` over its prediction; the path or the node caused it. */
  fail(endpoint: number, failure: { readonly errorMs: Ms; readonly nowMs: Ms; readonly ofPath: boolean }): void {
    const { errorMs, nowMs, ofPath } = failure;
    const recentMs = this.at(endpoint, nowMs);
    const isFirst = Number.isNaN(this.sampledAtMs[endpoint]!);
    const baselineMs = isFirst ? 0 : this.#baseline.at(endpoint, nowMs);
    this.#set(endpoint, baselineMs, Math.max(recentMs, errorMs), nowMs);
    this.#sampled(endpoint, nowMs, !ofPath);
  }

  /** Learns by other settings from now on; what it has learnt stays. */
  retune({ tauMs, baselineTauMs }: ResidualSettings): void {
    this.#baseline.retune(baselineTauMs);
    this.#above.retune(tauMs);
  }

  /** Goes on from what another one has learnt. */
  inherit(endpoint: number, from: Residual, its: number): void {
    this.#baseline.inherit(endpoint, from.#baseline, its);
    this.#above.inherit(endpoint, from.#above, its);
    this.#samples[endpoint] = from.#samples[its]!;
    this.#sampled(endpoint, this.sampledAtMs[endpoint]!, from.#nodeFailed[its] === 1);
  }

  #sampled(endpoint: number, atMs: Ms, isNodeFailure: boolean): void {
    this.#nodeFailed[endpoint] = isNodeFailure ? 1 : 0;
    const isNeverVoid = isNodeFailure || Number.isNaN(atMs);
    this.#voidAtMs[endpoint] = isNeverVoid ? Number.POSITIVE_INFINITY : this.#handoverAfter(endpoint, atMs);
  }

  #set(endpoint: number, baselineMs: Ms, recentMs: Ms, nowMs: Ms): void {
    this.#baseline.set(endpoint, baselineMs, nowMs);
    this.#above.set(endpoint, recentMs - baselineMs, nowMs);
  }
}

/** The first hand-over on the path of an endpoint after an instant, in milliseconds. */
type HandoverAfter = (endpoint: number, afterMs: Ms) => Ms;

const NEVER: HandoverAfter = () => Number.POSITIVE_INFINITY;
