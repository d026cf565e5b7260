import type { Event } from '../core/event/event.ts';
import type { Ms } from '../core/time/clock.ts';

type Change = Extract<Event, { kind: 'condition' }>;

/** Conditions of nodes during a run: drained, without power, starting. At most `MOST` changes are kept. */
export class NodeChanges {
  readonly #changes: Change[] = [];
  #more = 0;

  add(change: Change): void {
    if (this.#changes.length < MOST) this.#changes.push(change);
    else this.#more++;
  }

  merge(other: NodeChanges): void {
    for (const change of other.#changes) this.add(change);
    this.#more += other.#more;
  }

  /** A line each, in the order of time: `ashburn was draining (order) from 2.0 s to the end`. */
  lines(): string[] {
    const lines: { readonly atMs: Ms; readonly text: string }[] = [];
    for (const changes of Map.groupBy(this.#changes, ({ node }) => node).values()) {
      const inOrder = changes.toSorted((a, b) => a.atMs - b.atMs);
      for (const [index, change] of inOrder.entries()) {
        const what = troubleOf(change);
        if (what === null) continue;
        const next = inOrder[index + 1];
        if (next !== undefined && seconds(next.atMs) === seconds(change.atMs)) continue; // as at the start of a run
        const until = next === undefined ? 'the end' : seconds(next.atMs);
        lines.push({ atMs: change.atMs, text: `${change.node} ${what} from ${seconds(change.atMs)} to ${until}` });
      }
    }
    const told = lines.toSorted((a, b) => a.atMs - b.atMs).map(({ text }) => text);
    return this.#more === 0 ? told : [...told, `nodes changed ${this.#more} times more`];
  }
}

/** Null when it serves, and for a condition that an injected fault explains: `faultMarks` says that. */
const troubleOf = (change: Change): string | null => {
  if (change.condition === 'serving' || change.cause === 'fault') return null;
  return `was ${change.condition} (${change.cause})`;
};

/** What was so before the run counts from its start. */
const seconds = (atMs: Ms): string => `${(Math.max(0, atMs) / 1000).toFixed(1)} s`;

const MOST = 1000;
