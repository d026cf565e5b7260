import type { Ms } from '../../core/time/clock.ts';

/** A stretch of run time in which nothing passes. */
export interface Outage {
  readonly fromMs: Ms;
  readonly forMs: Ms;
}

/** When a path is up in a run, and why it is down. */
export interface PathUptime {
  /** Share of the time in which both directions are up, 0 to 1. */
  readonly upShare: number;
  /** Null when it is always up. */
  readonly longestOutage: Outage | null;
  /** Share of the time that it is down for each reason; together 1 - `upShare`. */
  readonly downShareBy: Readonly<Record<string, number>>;
  /** Whether it was looked at only now and then: shares are then estimates, and a short outage may be missed. */
  readonly isSampled: boolean;
}

/** Adds up stretches of one path, given in the order of time. */
export class Uptime {
  readonly #downMsBy = new Map<string, Ms>();
  #upMs = 0;
  #downMs = 0;
  #longest: Outage | null = null;
  #openFromMs: Ms | null = null;

  /** `because` is null while the path is up. */
  add({ fromMs, toMs, because }: { readonly fromMs: Ms; readonly toMs: Ms; readonly because: string | null }): void {
    const forMs = toMs - fromMs;
    if (because === null) {
      this.#upMs += forMs;
      this.#openFromMs = null;
      return;
    }
    this.#downMs += forMs;
    this.#downMsBy.set(because, (this.#downMsBy.get(because) ?? 0) + forMs);
    this.#openFromMs ??= fromMs;
    const outage = { fromMs: this.#openFromMs, forMs: toMs - this.#openFromMs };
    if (outage.forMs > (this.#longest?.forMs ?? 0)) this.#longest = outage;
  }

  summary(): PathUptime {
    const allMs = this.#upMs + this.#downMs;
    return {
      upShare: this.#upMs / allMs,
      longestOutage: this.#longest,
      downShareBy: Object.fromEntries([...this.#downMsBy].map(([because, ms]) => [because, ms / allMs])),
      isSampled: false,
    };
  }
}
