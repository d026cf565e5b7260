import type { Ms } from '../../../core/time/clock.ts';

export interface BatteryOptions {
  readonly capacityJ: number;
  /** At the start. */
  readonly chargeJ: number;
  /** The most that it takes or gives. */
  readonly maxW: number;
  /** Of what it takes, the share that it can give again. */
  readonly efficiency: number;
  /** At this charge it gives no more, so that it never stops within a step... */
  readonly reserveJ: number;
  /** ...until it has this much again. At least `reserveJ`. */
  readonly resumeJ: number;
}

/** A store of energy between a source and a load. What comes in is used, stored, lost in storing, or not taken from the source. */
export class Battery {
  readonly capacityJ: number;
  readonly #maxW: number;
  readonly #efficiency: number;
  readonly #reserveJ: number;
  readonly #resumeJ: number;
  #chargeJ: number;
  #isUsable: boolean;
  #takenJ = 0;
  #missingJ = 0;

  constructor(options: BatteryOptions) {
    this.capacityJ = options.capacityJ;
    this.#maxW = options.maxW;
    this.#efficiency = options.efficiency;
    this.#reserveJ = options.reserveJ;
    this.#resumeJ = options.resumeJ;
    this.#chargeJ = options.chargeJ;
    this.#isUsable = options.chargeJ > options.reserveJ;
  }

  get chargeJ(): number {
    return this.#chargeJ;
  }

  /** Taken from the source since the start, for the load and to store. */
  get takenJ(): number {
    return this.#takenJ;
  }

  /** What the load asked for and nobody had, since the start. */
  get missingJ(): number {
    return this.#missingJ;
  }

  /** What it gives beside the source. */
  get availableW(): number {
    return this.#isUsable ? this.#maxW : 0;
  }

  /** Until it begins or ceases to give under steady flows, at most; Infinity where it does neither. */
  changesInMs(sourceW: number, loadW: number): Ms {
    const surplusW = sourceW - loadW;
    if (this.#isUsable && surplusW < 0) {
      return ((this.#chargeJ - this.#reserveJ) * 1000) / Math.min(-surplusW, this.#maxW);
    }
    if (!this.#isUsable && surplusW > 0) {
      return ((this.#resumeJ - this.#chargeJ) * 1000) / (Math.min(surplusW, this.#maxW) * this.#efficiency);
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Lets steady flows run for a while. */
  run(sourceW: number, loadW: number, durationMs: Ms): void {
    const seconds = durationMs / 1000;
    const surplusW = sourceW - loadW;
    if (surplusW >= 0) {
      const roomJ = this.capacityJ - this.#chargeJ;
      const inJ = Math.min(Math.min(surplusW, this.#maxW) * seconds, roomJ / this.#efficiency);
      this.#chargeJ = Math.min(this.capacityJ, this.#chargeJ + inJ * this.#efficiency);
      this.#takenJ += loadW * seconds + inJ;
    } else {
      const outJ = Math.min(Math.min(-surplusW, this.#maxW) * seconds, this.#chargeJ);
      this.#chargeJ -= outJ;
      this.#takenJ += sourceW * seconds;
      this.#missingJ += -surplusW * seconds - outJ;
    }
    if (this.#chargeJ <= this.#reserveJ + TOLERANCE_J) this.#isUsable = false;
    else if (this.#chargeJ >= this.#resumeJ - TOLERANCE_J) this.#isUsable = true;
  }
}

/** Below what a flow moves within a microsecond, so that rounding never leaves it just short of a change. */
const TOLERANCE_J = 1e-3;
