import type { Ms } from '../../core/time/clock.ts';

/**
 * A request that waits for the beginning of its body, because the length of its prompt counts for where it goes. Not for long: some
 * services speak first, and their clients send nothing before they have heard something.
 */
export class LengthWait {
  readonly #timer: NodeJS.Timeout;

  constructor(onLate: () => void) {
    this.#timer = setTimeout(onLate, LONGEST_MS);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

const LONGEST_MS: Ms = 20;
