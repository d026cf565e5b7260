import type { Ms } from '../../../core/time/clock.ts';
import type { CongestionWindow } from './congestion-window.ts';

/**
 * The window before it was reduced, for the case that nothing was lost: every copy was superfluous (RFC 3708), or what is
 * acknowledged was sent before the first copy (RFC 3522).
 */
export class WindowMemory {
  #before: { readonly segments: number; readonly threshold: number } | null = null;
  #resentAtMs: Ms | null = null;
  #copies = 0;

  remember({ segments, threshold }: CongestionWindow): void {
    this.#before = { segments, threshold: Math.max(threshold, Math.floor((3 * segments) / 4)) };
    this.#resentAtMs = null;
    this.#copies = 0;
  }

  forget(): void {
    this.#before = null;
  }

  resent(nowMs: Ms): void {
    this.#copies++;
    this.#resentAtMs ??= nowMs;
  }

  superfluous(copies: number): void {
    this.#copies -= copies;
  }

  /** Whether the reduction was in vain, when a segment is acknowledged that was sent at `sentAtMs`. */
  isFalseAlarm(sentAtMs: Ms): boolean {
    if (this.#before === null || this.#resentAtMs === null) return false;
    return this.#copies <= 0 || sentAtMs < this.#resentAtMs;
  }

  restore(window: CongestionWindow): void {
    if (this.#before === null) return;
    window.segments = Math.max(window.segments, this.#before.segments);
    window.threshold = this.#before.threshold;
    this.#before = null;
  }
}
