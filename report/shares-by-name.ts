import { GrowingSamples } from '../core/stats/growing-samples.ts';
import { distribution, round } from './distribution.ts';
import type { Share } from './summary-schema.ts';

/** First tokens of requests grouped by a name: the endpoint, the medium or the client. */
export class SharesByName {
  readonly #groups = new Map<string, { requests: number; readonly ttftMs: GrowingSamples }>();
  #requests = 0;

  /** `ttftMs` is NaN where there was no first token. */
  add(name: string, ttftMs: number): void {
    const group = this.#groups.get(name) ?? { requests: 0, ttftMs: new GrowingSamples() };
    this.#groups.set(name, group);
    group.requests++;
    this.#requests++;
    group.ttftMs.add(ttftMs);
  }

  shares(): Readonly<Record<string, Share>> {
    return Object.fromEntries(
      [...this.#groups.keys()].sort().map((name) => {
        const { requests, ttftMs } = this.#groups.get(name)!;
        return [
          name,
          {
            requests,
            share: round(requests / this.#requests),
            ttftMs: distribution(ttftMs, requests - ttftMs.length),
          },
        ];
      }),
    );
  }
}
