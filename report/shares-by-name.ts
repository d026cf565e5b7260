import { SlottedSamples } from '../core/stats/slotted-samples.ts';
import { round, slottedDistribution } from './distribution.ts';
import type { Share } from './summary-schema.ts';

/** First tokens of requests grouped by a name: the endpoint, the medium or the client. */
export class SharesByName {
  readonly #groups = new Map<string, SlottedSamples>();
  #requests = 0;

  /** `ttftMs` is Infinity where there was no first token. */
  add(name: string, ttftMs: number, slot: number): void {
    const group = this.#groups.get(name) ?? new SlottedSamples();
    this.#groups.set(name, group);
    this.#requests++;
    group.add(ttftMs, slot);
  }

  /** Over whole slots of the measured time. */
  shares(slots: number): Readonly<Record<string, Share>> {
    return Object.fromEntries(
      [...this.#groups.keys()].sort().map((name) => {
        const ttftMs = this.#groups.get(name)!;
        return [
          name,
          {
            requests: ttftMs.length,
            share: round(ttftMs.length / this.#requests),
            ttftMs: slottedDistribution(ttftMs, slots),
          },
        ];
      }),
    );
  }
}
