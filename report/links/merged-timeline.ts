import type { Ms } from '../../core/time/clock.ts';
import type { LinkModel, LinkState } from '../../netem/links/model/link-model.ts';
import { timeline } from '../../netem/links/model/timeline.ts';

/** A time interval in which a link has one state. */
export interface Stretch {
  readonly link: number;
  readonly fromMs: Ms;
  readonly toMs: Ms;
  readonly state: LinkState;
}

/**
 * All intervals of many links from `fromMs` to `toMs`, ordered by their end. In this order, links that share the sky ask
 * about one instant one after the other, so it is computed once. Memory does not grow with time.
 */
export function* mergedTimeline(links: readonly LinkModel[], fromMs: Ms, toMs: Ms): Generator<Stretch> {
  const readers = links.map((link) => timeline(link, fromMs, toMs));
  const current = readers.map((reader) => reader.next().value!);
  const next = readers.map((reader) => reader.next());
  for (let open = links.length; open > 0; ) {
    let link = -1;
    for (let other = 0; other < links.length; other++) {
      if (next[other] === CLOSED) continue;
      if (link === -1 || endOf(next[other]!, toMs) < endOf(next[link]!, toMs)) link = other;
    }
    const end = next[link]!;
    const { atMs, state } = current[link]!;
    yield { link, fromMs: atMs, toMs: endOf(end, toMs), state };
    if (end.done === true) {
      next[link] = CLOSED;
      open--;
    } else {
      current[link] = end.value;
      next[link] = readers[link]!.next();
    }
  }
}

type Next = ReturnType<ReturnType<typeof timeline>['next']>;

const CLOSED: Next = { done: true, value: undefined };

const endOf = (next: Next, toMs: Ms): Ms => (next.done === true ? toMs : next.value.atMs);
