// Hot path: a sample is one array cell; the quantile is looked up once in so many samples.
import type { Ms } from '../../core/time/clock.ts';

/**
 * A quantile of the times to the first message that the last thousand or so requests of each class had, to a fortieth. Older samples count
 * half as much each time that `HALVED_AT` have come.
 */
export class LearntTtft {
  readonly #byClass = new Map<string, ClassTimes>();

  add(name: string, ttftMs: Ms): void {
    this.#of(name).add(ttftMs);
  }

  /** `fraction` is 0 to 1. NaN until enough requests of the class have been answered. */
  quantileMs(name: string, fraction: number): Ms {
    return this.#of(name).quantileMs(fraction);
  }

  /** Clients choose the names of classes, so there is a bound: further ones are one class together. */
  #of(name: string): ClassTimes {
    const known = this.#byClass.get(name);
    if (known !== undefined) return known;
    const key = this.#byClass.size < MOST_CLASSES ? name : '';
    const times = this.#byClass.get(key) ?? new ClassTimes();
    this.#byClass.set(key, times);
    return times;
  }
}

class ClassTimes {
  readonly #counts = new Float64Array(BUCKETS);
  #total = 0;
  #since = RENEWED_EACH;
  /** The last one that was asked for. */
  #fraction = Number.NaN;
  #quantileMs: Ms = Number.NaN;

  add(ttftMs: Ms): void {
    const bucket = Math.max(0, Math.min(BUCKETS - 1, Math.ceil(Math.log(ttftMs / LEAST_MS) / STEP)));
    this.#counts[bucket] = this.#counts[bucket]! + 1;
    this.#total++;
    this.#since++;
    if (this.#total < HALVED_AT) return;
    for (let at = 0; at < BUCKETS; at++) this.#counts[at] = this.#counts[at]! / 2;
    this.#total /= 2;
  }

  quantileMs(fraction: number): Ms {
    if (this.#total < LEAST_SAMPLES) return Number.NaN;
    if (this.#since < RENEWED_EACH && fraction === this.#fraction) return this.#quantileMs;
    this.#since = 0;
    this.#fraction = fraction;
    let left = fraction * this.#total;
    let bucket = 0;
    for (; bucket < BUCKETS - 1; bucket++) {
      left -= this.#counts[bucket]!;
      if (left <= 0) break;
    }
    this.#quantileMs = LEAST_MS * Math.exp(bucket * STEP);
    return this.#quantileMs;
  }
}

/** The upper end of the first bucket; each further one ends 2.5 % later, the last at some ten minutes. */
const LEAST_MS: Ms = 0.1;
const STEP = Math.log(1.025);
const BUCKETS = 640;

const HALVED_AT = 2000;
const LEAST_SAMPLES = 50;
const RENEWED_EACH = 16;
const MOST_CLASSES = 64;
