import type { Ms } from '../../../core/time/clock.ts';
import type { NodePower } from '../power/node-power.ts';

/** Notices that a node was or is without power. It sets no timer: it looks when somebody asks. */
export class PowerCuts {
  readonly #power: NodePower;
  readonly #onLost: (backAtMs: Ms, atMs: Ms) => void;
  /** When the power last came back, as of the last look. Another instant now means that there was a cut since. */
  #onSinceMs: Ms;

  /** `onLost` hears of each cut, and since when the power is back; Infinity when it is not. */
  constructor(power: NodePower, onLost: (backAtMs: Ms, atMs: Ms) => void) {
    this.#power = power;
    this.#onLost = onLost;
    this.#onSinceMs = power.isOnSinceMs;
  }

  /** Whether there is no power now. Tells of a cut since the last look, also if it is over or no request was open. */
  isOutAt(nowMs: Ms): boolean {
    const isOut = this.#power.isOutAt(nowMs);
    const { isOnSinceMs } = this.#power;
    if (isOut) this.#onLost(Number.POSITIVE_INFINITY, nowMs);
    else if (isOnSinceMs !== this.#onSinceMs) this.#onLost(isOnSinceMs, nowMs);
    if (!isOut) this.#onSinceMs = isOnSinceMs;
    return isOut;
  }
}
