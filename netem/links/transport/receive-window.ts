import type { Ms } from '../../../core/time/clock.ts';
import { MSS_BYTES } from './tcp-constants.ts';

/**
 * How many bytes the receiver takes beyond those acknowledged, when its reader reads at once. Each segment that arrives opens
 * the window by two more, up to a limit; the limit follows what was read in more than two round trips (Linux: dynamic
 * right-sizing, W. Feng et al., 2001).
 */
export class ReceiveWindow {
  bytes = FIRST_BYTES;
  #limitBytes = FIRST_BYTES;
  #mostReadBytes = 10 * MSS_BYTES;
  #readBytes = 0;
  #lookedAtMs: Ms = 0;
  /** Until its window grows for the first time, a receiver acknowledges every segment by itself. */
  isNew = true;

  constructor(nowMs: Ms) {
    this.#lookedAtMs = nowMs;
  }

  /** `bytes` in `segments` arrived together at `atMs` and are read at once; a round trip takes `rttMs`. Hot path. */
  arrived(bytes: number, segments: number, atMs: Ms, rttMs: Ms): void {
    this.bytes = Math.min(this.bytes + 2 * segments * MSS_BYTES, this.#limitBytes);
    this.#readBytes += bytes;
    if (atMs - this.#lookedAtMs <= rttMs * LOOK_AFTER_ROUNDS) return;
    this.isNew = false;
    if (this.#readBytes > this.#mostReadBytes) {
      const wantedBytes = 2 * this.#readBytes + 16 * MSS_BYTES;
      const growth = this.#readBytes / this.#mostReadBytes - 1;
      this.#limitBytes = Math.max(this.#limitBytes, Math.min(wantedBytes * (1 + 2 * growth), MOST_BYTES));
      this.#mostReadBytes = this.#readBytes;
    }
    this.#readBytes = 0;
    this.#lookedAtMs = atMs;
  }
}

/** Half of the default receive buffer of Linux, in whole segments. */
const FIRST_BYTES = 45 * MSS_BYTES;

/** Half of the largest receive buffer of Linux (tcp_rmem). */
const MOST_BYTES = 3 << 20;

/** Segments that come exactly two round trips after the last look belong to the time before. */
const LOOK_AFTER_ROUNDS = 2.01;
