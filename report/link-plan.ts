import type { Event } from '../core/event/event.ts';
import type { Ms } from '../core/time/clock.ts';
import type { LinkModel } from '../netem/links/model/link-model.ts';

type LinkEvent = Extract<Event, { kind: 'link' }>;

/** What the log says each link was planned to be, over time. */
export class LinkPlan {
  readonly #changes = new Map<string, LinkEvent[]>();

  constructor(events: readonly Event[]) {
    for (const event of events) {
      if (event.kind !== 'link') continue;
      const changes = this.#changes.get(event.link);
      if (changes === undefined) this.#changes.set(event.link, [event]);
      else changes.push(event);
    }
  }

  /**
   * One-way delay of `link` for a message sent at `atMs`, in microseconds, or null where the plan says no one number:
   * the link is unknown, or it is down or comes up within `settleMs` of then.
   */
  delayUs(link: string, atMs: Ms, settleMs: Ms): number | null {
    const changes = this.#changes.get(link);
    if (changes === undefined) return null;
    const index = lastAtOrBefore(changes, atMs);
    const current = changes[index];
    if (current === undefined || !current.up) return null;
    for (let other = index - 1; other >= 0 && changes[other]!.atMs > atMs - settleMs; other--) {
      if (!changes[other]!.up) return null;
    }
    return current.delayUs;
  }

  /** `link` as the log tells it, from its first line on: what comes before is as that. Null for a link that is unknown. */
  model(link: string): LinkModel | null {
    const changes = this.#changes.get(link);
    if (changes === undefined) return null;
    return {
      stateAt: (atMs) => changes[Math.max(0, lastAtOrBefore(changes, atMs))]!,
      nextChangeAfter: (afterMs) => changes[lastAtOrBefore(changes, afterMs) + 1]?.atMs ?? null,
    };
  }
}

/** -1 when all are later. */
const lastAtOrBefore = (changes: readonly LinkEvent[], atMs: Ms): number => {
  let low = -1;
  let high = changes.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (changes[middle]!.atMs <= atMs) low = middle;
    else high = middle - 1;
  }
  return low;
};
