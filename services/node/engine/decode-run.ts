import type { KvCache } from './kv-cache.ts';
import type { Sequence } from './sequence.ts';

/**
 * Steps in a row in which all running sequences decode, so that there is nothing to decide: most steps of an engine are such.
 *
 * Hot path: looks at the sequences only where one takes a block, and allocates nothing.
 */
export class DecodeRun {
  /** Steps in which no sequence is past its last token, at least. */
  #stepsLeft = 0;
  /** Steps in which the cache has nothing to do, at least. */
  #freeSteps = 0;

  /** A step was planned in which each of `running` decodes, and nobody else is. */
  begin(running: readonly Sequence[]): void {
    let least = Number.POSITIVE_INFINITY;
    for (const { mostPlanned, emitted } of running) least = Math.min(least, mostPlanned - emitted);
    this.#stepsLeft = least;
    this.#freeSteps = 0;
  }

  /** A step was planned that is another one. */
  end(): void {
    this.#stepsLeft = 0;
  }

  /**
   * Whether those that run decode in the next step too, while nobody else can be admitted. Lets each of them grow by a token then. Some may
   * have grown where it is false, because a block is missing. Those that run may have become fewer.
   */
  goesOn(running: readonly Sequence[], cache: KvCache): boolean {
    if (this.#stepsLeft === 0) return false;
    if (this.#freeSteps === 0) {
      let least = Number.POSITIVE_INFINITY;
      for (const sequence of running) {
        const tokens = sequence.computed + 1;
        if (!cache.grow(sequence, tokens)) return false;
        least = Math.min(least, cache.roomOf(sequence, tokens));
      }
      this.#freeSteps = least + 1;
    }
    this.#stepsLeft--;
    this.#freeSteps--;
    return true;
  }
}
