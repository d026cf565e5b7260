import type { Ms } from '../../../core/time/clock.ts';
import { CubicGrowth } from './cubic-growth.ts';
import { SlowStartExit } from './slow-start-exit.ts';

/** An acknowledgement of new data. */
export interface Acknowledged {
  readonly segments: number;
  readonly nowMs: Ms;
  readonly rttMs: Ms;
  readonly minRttMs: Ms;
  readonly unaSeq: number;
  readonly nextSeq: number;
}

/**
 * How many segments a sender may have in flight: slow start, then CUBIC. It grows only while it limits the sender, or in slow
 * start while it is below twice what was outstanding. Sources: RFC 5681, RFC 7661, RFC 9438.
 */
export class CongestionWindow {
  segments = 0;
  threshold = Number.POSITIVE_INFINITY;
  readonly #initialSegments: number;
  readonly #cubic = new CubicGrowth();
  readonly #slowStartExit = new SlowStartExit();
  #isLimiting = false;
  #mostOutstanding = 0;
  #usageEndSeq = 0;
  #counted = 0;

  constructor(initialSegments: number) {
    this.segments = initialSegments;
    this.#initialSegments = initialSegments;
  }

  /**
   * The sender has sent what it could: how many segments are in flight, as the window counts, and outstanding. `isRest` says
   * that they are the rest of what had waited: a window that held that back counts as limiting until all of it is acknowledged,
   * because acknowledgements of fewer segments come in between. Hot path.
   */
  used(inFlight: number, outstanding: number, unaSeq: number, nextSeq: number, isRest: boolean): void {
    const isLimiting = inFlight >= this.segments;
    if (isRest && this.#isLimiting && !isLimiting) return;
    const isNewRound = unaSeq >= this.#usageEndSeq;
    if (!isNewRound && !isLimiting && (this.#isLimiting || outstanding <= this.#mostOutstanding)) return;
    this.#isLimiting = isLimiting;
    this.#mostOutstanding = outstanding;
    this.#usageEndSeq = nextSeq;
  }

  get isSlowStart(): boolean {
    return this.segments < this.threshold;
  }

  /** Grows, where the rules allow it. */
  acknowledged(ack: Acknowledged): void {
    const { isSlowStart } = this;
    if (isSlowStart && this.#slowStartExit.isDue(ack, this.segments)) {
      this.threshold = this.segments;
    }
    if (!this.#isLimiting && !(isSlowStart && this.segments < 2 * this.#mostOutstanding)) return;
    let acked = ack.segments;
    if (isSlowStart) {
      const grown = Math.min(this.segments + acked, Math.max(this.threshold, this.segments));
      acked -= grown - this.segments;
      this.segments = grown;
    }
    if (acked === 0) return;
    // A receiver acknowledges every second segment (RFC 5681, section 4.2), so growth comes in steps of two.
    for (; acked > 0; acked -= 2) this.#avoidCongestion(Math.min(acked, 2), ack);
  }

  /** Nothing was outstanding for `idleMs`. A window that was not used for longer than a time-out is halved for each (RFC 2861). */
  idled(idleMs: Ms, timeoutMs: Ms): void {
    this.#cubic.pause(idleMs);
    if (idleMs <= timeoutMs) return;
    this.threshold = Math.max(this.threshold, Math.floor((3 * this.segments) / 4));
    this.segments = this.afterIdling(idleMs, timeoutMs);
  }

  /** What the window will be after that. */
  afterIdling(idleMs: Ms, timeoutMs: Ms): number {
    const least = Math.min(this.#initialSegments, this.segments);
    let { segments } = this;
    for (let restMs = idleMs - timeoutMs; restMs > 0 && segments > least; restMs -= timeoutMs) segments >>= 1;
    return Math.max(segments, least);
  }

  #avoidCongestion(acked: number, { nowMs, minRttMs }: Acknowledged): void {
    const step = this.#cubic.segmentsAStep({ segments: this.segments, acked, nowMs, minRttMs });
    if (this.#counted >= step) {
      this.#counted = 0; // what was counted for a longer step grows it once, not at a stroke
      this.segments++;
    }
    this.#counted += acked;
    const steps = Math.floor(this.#counted / step);
    this.#counted -= steps * step;
    this.segments += steps;
  }

  /** A loss: sets the threshold to what the window shall come down to. */
  lowerThreshold(): void {
    this.threshold = this.#cubic.reduced(this.segments);
    this.#counted = 0;
  }

  /** A time-out: growth begins anew, with `segments`. */
  restart(segments: number): void {
    this.#cubic.forget();
    this.segments = segments;
    this.#counted = 0;
  }
}
