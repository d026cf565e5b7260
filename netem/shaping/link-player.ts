import { Histogram } from '../../core/stats/histogram.ts';
import type { Cancel, Clock, Ms } from '../../core/time/clock.ts';
import type { LinkModel, LinkState } from '../links/model/link-model.ts';
import { isSame } from '../links/model/timeline.ts';
import type { Shaper } from './shaper.ts';

interface PlayedLink {
  readonly name: string;
  readonly model: LinkModel;
  /** The last state that the shaper was given, or null before the first. */
  state: LinkState | null;
  nextMs: Ms;
}

/**
 * Plays links on a shaper: at each instant at which links change, the new states of all of them go out as one batch.
 *
 * States are computed ahead, so that at the instant itself they only have to be sent. One batch is sent at a time;
 * changes that become due in the meantime wait, and only the newest state of each link is sent. About every `checkEveryMs` the
 * shaper checks itself, where possible just after a batch, when the next one is furthest away.
 */
export class LinkPlayer {
  /** How long after it was due each batch was known to be applied. */
  readonly lateness = new Histogram();

  readonly #links: readonly PlayedLink[];
  readonly #shaper: Shaper;
  readonly #clock: Clock;
  readonly #onFault: (problem: string) => void;
  readonly #checkEveryMs: Ms;
  #waiting = new Map<string, LinkState>();
  #waitingSinceMs: Ms = Number.POSITIVE_INFINITY;
  #nextDueMs: Ms = Number.POSITIVE_INFINITY;
  #nextCheckMs: Ms = Number.POSITIVE_INFINITY;
  #underWay: Promise<void> | null = null;
  #isClosed = false;
  #cancelPlay: Cancel = () => {};
  #cancelCheck: Cancel = () => {};

  /** `onFault` gets what the shaper found wrong with itself, and each batch that it could not apply. */
  constructor(
    links: ReadonlyMap<string, LinkModel>,
    shaper: Shaper,
    options: { readonly clock: Clock; readonly onFault: (problem: string) => void; readonly checkEveryMs?: Ms },
  ) {
    this.#links = [...links].map(([name, model]) => ({ name, model, state: null, nextMs: Number.POSITIVE_INFINITY }));
    this.#shaper = shaper;
    this.#clock = options.clock;
    this.#onFault = options.onFault;
    this.#checkEveryMs = options.checkEveryMs ?? 500;
  }

  /** Sets every link to its current state, and continues from there. */
  start(): void {
    const nowMs = this.#clock.now();
    for (const link of this.#links) link.nextMs = nowMs;
    this.#nextCheckMs = nowMs + this.#checkEveryMs;
    this.#waitForNext();
    this.#waitForCheck();
  }

  /** Stops playing, and waits for the batch that is being sent. The shaper stays as it is. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelPlay();
    this.#cancelCheck();
    await this.#underWay;
  }

  #waitForNext(): void {
    this.#nextDueMs = this.#links.reduce((least, { nextMs }) => Math.min(least, nextMs), Number.POSITIVE_INFINITY);
    if (this.#nextDueMs === Number.POSITIVE_INFINITY) return;
    const states = this.#statesAt(Math.max(this.#nextDueMs, this.#clock.now())); // never plays a state that is over
    this.#cancelPlay = this.#clock.at(this.#nextDueMs, (dueMs) => {
      for (const [name, state] of states) this.#waiting.set(name, state);
      if (states.size > 0) this.#waitingSinceMs = Math.min(this.#waitingSinceMs, dueMs);
      this.#proceed();
      this.#waitForNext();
      this.#proceed(); // nothing changed: a check that waited for this instant can run
    });
  }

  /** The links whose state differs at `atMs`; they are then taken as sent. */
  #statesAt(atMs: Ms): ReadonlyMap<string, LinkState> {
    const states = new Map<string, LinkState>();
    for (const link of this.#links) {
      if (link.nextMs > atMs) continue;
      const state = link.model.stateAt(atMs);
      link.nextMs = link.model.nextChangeAfter(atMs) ?? Number.POSITIVE_INFINITY;
      if (link.state !== null && isSame(link.state, state)) continue;
      link.state = state;
      states.set(link.name, state);
    }
    return states;
  }

  #waitForCheck(): void {
    this.#cancelCheck = this.#clock.at(this.#nextCheckMs, () => this.#proceed());
  }

  /** Does what is most urgent, unless something is being done; it is called again when that ends. */
  #proceed(): void {
    if (this.#underWay !== null || this.#isClosed) return;
    const nowMs = this.#clock.now();
    if (this.#waiting.size > 0) {
      this.#underWay = this.#send();
    } else if (nowMs >= this.#nextCheckMs) {
      // A change that is due soon would have to wait for the check: apply it first, and check after it.
      if (this.#nextDueMs > nowMs + KEEP_CLEAR_MS || nowMs >= this.#nextCheckMs + this.#checkEveryMs) {
        this.#underWay = this.#check();
      }
    }
    void this.#underWay?.then(() => {
      this.#underWay = null;
      this.#proceed();
    });
  }

  async #send(): Promise<void> {
    const states = this.#waiting;
    const dueMs = this.#waitingSinceMs;
    this.#waiting = new Map();
    this.#waitingSinceMs = Number.POSITIVE_INFINITY;
    try {
      await this.#shaper.apply(states);
      this.lateness.record((this.#clock.now() - dueMs) * 1000);
    } catch (error) {
      this.#onFault((error as Error).message);
      this.#nextCheckMs = Math.min(this.#nextCheckMs, this.#clock.now());
    }
  }

  async #check(): Promise<void> {
    try {
      for (const problem of await this.#shaper.check()) this.#onFault(problem);
    } catch (error) {
      this.#onFault((error as Error).message);
    }
    this.#nextCheckMs = this.#clock.now() + this.#checkEveryMs;
    this.#cancelCheck();
    if (!this.#isClosed) this.#waitForCheck();
  }
}

const KEEP_CLEAR_MS = 20;
