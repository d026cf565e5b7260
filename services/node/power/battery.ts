import type { Ms } from '../../../core/time/clock.ts';

export interface BatteryOptions {
  readonly capacityJ: number;
  /** Charge at the start. */
  readonly chargeJ: number;
  /** Highest power for charging and for discharging. */
  readonly maxW: number;
  /** Share of the charged energy that it can give back. */
  readonly efficiency: number;
  /** At this charge it stops giving, so that it never runs empty within a step... */
  readonly reserveJ: number;
  /** ...and it gives again from this charge on. At least `reserveJ`. */
  readonly resumeJ: number;
}

/** A battery between a source and a load. Energy of the source is used, stored, lost in storing, or not taken. */
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

  /** Energy taken from the source since the start, for the load and for charging. */
  get takenJ(): number {
    return this.#takenJ;
  }

  /** Energy that the load needed and did not get, since the start. */
  get missingJ(): number {
    return this.#missingJ;
  }

  /** Power that the battery can add to the source. */
  get availableW(): number {
    return this.#isUsable ? this.#maxW : 0;
  }

  /** Longest time until it starts or stops giving, under steady flows; Infinity when neither will happen. */
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

  /** Applies steady flows for `durationMs`. */
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

/** Less than a flow moves in a microsecond. With it, rounding never leaves the charge just short of a change. */
const TOLERANCE_J = 1e-3;
