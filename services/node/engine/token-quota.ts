import type { Ms } from '../../../core/time/clock.ts';

/** The token quota of a customer: a bucket for the tokens of one minute that fills evenly. */
export class TokenQuota {
  readonly #perMinute: number;
  #tokens: number;
  #atMs: Ms = 0;

  constructor(tokensPerMinute: number) {
    this.#perMinute = tokensPerMinute;
    this.#tokens = tokensPerMinute;
  }

  /** Time until that many tokens are available; Infinity for more than the tokens of a minute. */
  waitMs(tokens: number, nowMs: Ms): Ms {
    if (tokens > this.#perMinute) return Number.POSITIVE_INFINITY;
    return Math.max(0, ((tokens - this.#tokensAt(nowMs)) * MS_PER_MIN) / this.#perMinute);
  }

  /** Takes available tokens from the bucket. */
  take(tokens: number, nowMs: Ms): void {
    this.#tokens = this.#tokensAt(nowMs) - tokens;
    this.#atMs = nowMs;
  }

  #tokensAt(nowMs: Ms): number {
    return Math.min(this.#perMinute, this.#tokens + ((nowMs - this.#atMs) * this.#perMinute) / MS_PER_MIN);
  }
}

const MS_PER_MIN = 60_000;
