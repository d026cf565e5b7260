import type { Ms } from '../../core/time/clock.ts';

/** What a request waits for by itself, each at an instant of the router's clock; Infinity for nothing. Made only where something is waited for. */
export class AttemptTimers {
  /** The next attempt begins, after the last one failed. */
  retryAtMs: Ms = Number.POSITIVE_INFINITY;
  /** A second attempt begins beside the one that is open. */
  hedgeAtMs: Ms = Number.POSITIVE_INFINITY;
  /** The one that is open is given up. */
  giveUpAtMs: Ms = Number.POSITIVE_INFINITY;
  /** How long the request has waited for its attempts. */
  waitedMs: Ms = 0;

  get nextAtMs(): Ms {
    return Math.min(this.retryAtMs, this.hedgeAtMs, this.giveUpAtMs);
  }

  clear(): void {
    this.retryAtMs = Number.POSITIVE_INFINITY;
    this.hedgeAtMs = Number.POSITIVE_INFINITY;
    this.giveUpAtMs = Number.POSITIVE_INFINITY;
  }
}
