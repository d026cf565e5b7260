import type { Ms } from '../../../core/time/clock.ts';

/** All averages cover about so long: enough for a node with a few requests a second. */
const TAU_MS: Ms = 5000;

/** A rate over less is no rate yet. */
const LEAST_MS: Ms = 1000;

/**
 * How many requests a server accepted since it started, and what it did of late: requests that ended a second, failed ones apart, and the used share of
 * what it has. Rates and share cover the same time: a balancer that divides one by the other would swing if the share were of now and the rate of some
 * seconds ago, as then a node that just got empty looks as if it did a lot with nothing.
 *
 *     rate = sum of e^(-(now - end) / tau) / (tau * (1 - e^(-t / tau))), t since the first request
 */
export class LoadMeter {
  #received = 0;
  #firstAtMs: Ms = Number.NaN;
  #changedAtMs: Ms = 0;
  /** Sums at `#changedAtMs`. */
  #ended = 0;
  #failed = 0;
  /** The average share then, and the share from then on. */
  #usedMean = 0;
  #used = 0;

  get received(): number {
    return this.#received;
  }

  /** A request was accepted; `used` is the used share from now on. */
  accepted(nowMs: Ms, used: number): void {
    this.#received++;
    this.#change(nowMs, used);
  }

  /** One has ended, or was refused, which is a failure. */
  ended(nowMs: Ms, used: number, { isFailure }: { readonly isFailure: boolean }): void {
    this.#change(nowMs, used);
    this.#ended++;
    if (isFailure) this.#failed++;
  }

  /** The used share is `used` from now on: told with each report, as it grows between the ends of requests. */
  uses(nowMs: Ms, used: number): void {
    if (!Number.isNaN(this.#firstAtMs)) this.#change(nowMs, used);
  }

  endedPerS(nowMs: Ms): number {
    return this.#rate(this.#ended, nowMs);
  }

  failedPerS(nowMs: Ms): number {
    return this.#rate(this.#failed, nowMs);
  }

  usedShare(nowMs: Ms): number {
    const kept = this.#keptAt(nowMs);
    return this.#usedMean * kept + this.#used * (1 - kept);
  }

  #change(nowMs: Ms, used: number): void {
    if (Number.isNaN(this.#firstAtMs)) this.#firstAtMs = nowMs;
    const kept = this.#keptAt(nowMs);
    this.#usedMean = this.usedShare(nowMs);
    this.#used = used;
    this.#ended *= kept;
    this.#failed *= kept;
    this.#changedAtMs = nowMs;
  }

  #keptAt(nowMs: Ms): number {
    return Math.exp((this.#changedAtMs - nowMs) / TAU_MS);
  }

  #rate(sum: number, nowMs: Ms): number {
    if (sum === 0) return 0;
    const coveredMs = TAU_MS * (1 - Math.exp(-Math.max(LEAST_MS, nowMs - this.#firstAtMs) / TAU_MS));
    return (1000 * sum * this.#keptAt(nowMs)) / coveredMs;
  }
}
