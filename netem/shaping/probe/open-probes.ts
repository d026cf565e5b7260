import type { Ms } from '../../../core/time/clock.ts';

/** Probes without an answer, by when they were due. */
export interface LostProbes {
  readonly atMs: Ms;
  readonly untilMs: Ms;
  readonly lost: number;
}

/** The probes of one path that wait for their answers, at most `MOST_OPEN` of them, and how many were lost. */
export class OpenProbes {
  /** In the order in which they were sent. */
  readonly #sentAtMs = new Map<number, Ms>();
  #count = 0;
  #lost: LostProbes | null = null;

  get size(): number {
    return this.#sentAtMs.size;
  }

  /** The number for a probe that is sent now; the oldest probe is given up when too many wait. */
  send(atMs: Ms): number {
    if (this.#sentAtMs.size >= MOST_OPEN) this.#giveUp(this.#sentAtMs.entries().next().value!);
    this.#count = (this.#count + 1) >>> 0; // as wide as on the wire
    this.#sentAtMs.set(this.#count, atMs);
    return this.#count;
  }

  /** When the probe that is answered now was sent; null where it was given up, or never sent. */
  answer(number: number): Ms | null {
    const atMs = this.#sentAtMs.get(number) ?? null;
    this.#sentAtMs.delete(number);
    return atMs;
  }

  /** A probe that was due at `atMs` has no answer, or could not be sent. */
  miss(atMs: Ms): void {
    this.#lost = {
      atMs: Math.min(this.#lost?.atMs ?? atMs, atMs),
      untilMs: Math.max(this.#lost?.untilMs ?? atMs, atMs),
      lost: (this.#lost?.lost ?? 0) + 1,
    };
  }

  /** Gives up those that were sent before `beforeMs`; all of them without it. */
  giveUp(beforeMs: Ms = Number.POSITIVE_INFINITY): void {
    for (const probe of this.#sentAtMs) {
      if (probe[1] >= beforeMs) return;
      this.#giveUp(probe);
    }
  }

  /** The probes lost since the last call, or null. */
  takeLost(): LostProbes | null {
    const lost = this.#lost;
    this.#lost = null;
    return lost;
  }

  #giveUp([number, atMs]: readonly [number, Ms]): void {
    this.#sentAtMs.delete(number);
    this.miss(atMs);
  }
}

/** A hundred seconds of probes at ten a second: no probe waits that long. */
const MOST_OPEN = 1024;
