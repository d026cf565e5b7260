/**
 * Proportional rate reduction: how a window comes down to its threshold during a recovery, by as much as arrives.
 * Source: RFC 6937, with the slow-start bound only while the stream advances.
 */
export class RateReduction {
  readonly #fromSegments: number;
  #delivered = 0;
  sent = 0;

  /** `fromSegments` is the window before. */
  constructor(fromSegments: number) {
    this.#fromSegments = fromSegments;
  }

  /** How many segments may be sent now. */
  allowed(options: {
    readonly newlyDelivered: number;
    readonly inFlight: number;
    readonly threshold: number;
    /** The stream was acknowledged further in order, and nothing new was lost. */
    readonly isAdvancing: boolean;
  }): number {
    const { newlyDelivered, inFlight, threshold, isAdvancing } = options;
    this.#delivered += newlyDelivered;
    const room = threshold - inFlight;
    const wanted =
      room < 0
        ? Math.ceil((threshold * this.#delivered) / this.#fromSegments) - this.sent
        : Math.min(room, Math.max(this.#delivered - this.sent, newlyDelivered) + (isAdvancing ? 1 : 0));
    return Math.max(wanted, this.sent === 0 ? 1 : 0); // the first repair leaves in any case
  }
}
