import type { Ms } from './clock.ts';

/** What a wheel holds: whoever wants to be called. Only the wheel writes the rest of it. */
export interface WheelEntry {
  dueAtMs: Ms;
  /** Its place in the wheel; null while it is in none. */
  next: WheelEntry | null;
  previous: WheelEntry | null;
  onDue(): void;
}

/**
 * Calls many entries when they are due, as deadlines that mostly are taken out again before: to put one in and to take it out costs the
 * same however many there are, and allocates nothing. No entry is called early; it may be called late by `tickMs`. Those of one tick are
 * called in the order in which they were put in, but for entries that are more than `slots` ticks away.
 *
 * Invariant: an entry is in the slot of the first tick at or after its time, and `#tick` is the last one that was looked at.
 */
export class TimingWheel {
  readonly #tickMs: Ms;
  /** By tick, modulo their number: a ring of entries from a head that is none itself. */
  readonly #slots: readonly Ring[];
  /** Those that are to be called now. */
  readonly #due = new Ring();
  #tick: number;
  #count = 0;

  constructor({ tickMs, slots, nowMs }: { readonly tickMs: Ms; readonly slots: number; readonly nowMs: Ms }) {
    this.#tickMs = tickMs;
    this.#slots = Array.from({ length: slots }, () => new Ring());
    this.#tick = Math.floor(nowMs / tickMs);
  }

  get count(): number {
    return this.#count;
  }

  /** Calls `entry` once that time has come. It must be in no wheel. */
  add(entry: WheelEntry, dueAtMs: Ms): void {
    entry.dueAtMs = dueAtMs;
    this.#slotOf(Math.max(this.#tick + 1, Math.ceil(dueAtMs / this.#tickMs))).append(entry);
    this.#count++;
  }

  /** Does not call it any more. Nothing for one that is in no wheel. */
  remove(entry: WheelEntry): void {
    const { next, previous } = entry;
    if (next === null || previous === null) return;
    previous.next = next;
    next.previous = previous;
    entry.next = null;
    entry.previous = null;
    this.#count--;
  }

  /** Calls those that are due at `nowMs`. They may put in and take out others. */
  advance(nowMs: Ms): void {
    const to = Math.floor(nowMs / this.#tickMs);
    const from = Math.max(this.#tick + 1, to - this.#slots.length + 1);
    this.#tick = Math.max(this.#tick, to);
    for (let tick = from; tick <= to; tick++) this.#takeDue(this.#slotOf(tick), nowMs);
    // Those that others take out meanwhile are not in it any more.
    for (let first = this.#due.next; first !== this.#due; first = this.#due.next) {
      this.remove(first);
      first.onDue();
    }
  }

  /** When `advance` is to be called next; null while nothing waits. There may be nothing due then. */
  get nextAtMs(): Ms | null {
    for (let tick = this.#tick + 1; tick <= this.#tick + this.#slots.length; tick++) {
      if (!this.#slotOf(tick).isEmpty) return tick * this.#tickMs;
    }
    return null;
  }

  #takeDue(slot: Ring, nowMs: Ms): void {
    let entry = slot.next;
    while (entry !== slot) {
      const next = entry.next!;
      if (entry.dueAtMs <= nowMs) {
        this.remove(entry);
        this.#due.append(entry);
        this.#count++;
      }
      entry = next;
    }
  }

  #slotOf(tick: number): Ring {
    return this.#slots[tick % this.#slots.length]!;
  }
}

/** The head of a ring of entries. */
class Ring implements WheelEntry {
  dueAtMs = Number.NaN;
  next: WheelEntry = this;
  previous: WheelEntry = this;

  get isEmpty(): boolean {
    return this.next === this;
  }

  append(entry: WheelEntry): void {
    entry.next = this;
    entry.previous = this.previous;
    this.previous.next = entry;
    this.previous = entry;
  }

  onDue(): void {}
}
