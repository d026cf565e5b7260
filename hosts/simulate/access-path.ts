import type { Clock, Ms } from '../../core/time/clock.ts';
import { VirtualClock } from '../../core/time/virtual-clock.ts';
import type { Connected, ConnectedPath } from './crossing.ts';
import { MergedRuns } from './merged-runs.ts';

/** Something that has come to the router for a user of this path. */
export interface AtRouter {
  /** The router decides something then. */
  readonly isDecision: boolean;
  /** Does with it what the router does, at `atMs`. */
  pass(atMs: Ms): void;
}

/**
 * The path between the users of a client and the router. Most of what passes it are tokens, which nobody decides anything on, so
 * they are no events: they wait in the order in which they reach the router until something happens for which they matter, and
 * are then sent on one after another, each at its own instant. The path has a clock of its own for that, which may be behind.
 *
 * It is never behind where it matters: what is to be decided on is an event of the run's clock. While such a message waits for a
 * window, or for something that was lost, every message and every timer of the path is one, too. So each draw, loss and delay is the
 * same as if all messages were events.
 */
export class AccessPath {
  /** Of the run. */
  readonly #clock: VirtualClock;
  /** Of what the path sends. */
  readonly #own = new VirtualClock();
  readonly #path: ConnectedPath;
  readonly #atRouter = new MergedRuns<AtRouter>();
  readonly #wake = (atMs: Ms): void => this.#onWake(atMs);
  #wakesAtMs: Ms = Number.POSITIVE_INFINITY;
  #isAdvancing = false;
  /** Messages to be decided on that were sent, and of which it is not known when they will be there. */
  #undated = 0;

  /** `pathOf` makes a path that sends at the time of `own`, and delivers by events of `receiving`. */
  constructor(
    clock: VirtualClock,
    pathOf: (clocks: { readonly own: Clock; readonly receiving: Clock }) => ConnectedPath,
  ) {
    this.#clock = clock;
    const receiving: Clock = {
      now: () => clock.now(),
      at: (atMs, fn) => {
        this.#undated--;
        return clock.at(atMs, fn);
      },
    };
    this.#path = pathOf({ own: this.#own, receiving });
  }

  /** A user sends a message to the router, now. Returns the connection that it is on, which its answer comes back over. */
  upload(bytes: number, deliver: (dueMs: Ms) => void): Connected {
    this.advance(this.#clock.now());
    this.#undated++;
    const { connection } = this.#path;
    connection.forward.send(bytes, deliver);
    this.#watch();
    return connection;
  }

  /** Something reaches the router at `atMs`, which may be to come. */
  comes(atMs: Ms, what: AtRouter): void {
    this.#atRouter.add(atMs, what);
    if (this.#undated > 0) this.#wakeAt(atMs);
  }

  /** The same, where the router decides something, by `decide`: at an event of its own. */
  comesToBeDecided(atMs: Ms, decide: (atMs: Ms) => void): void {
    const what: AtRouter = { isDecision: true, pass: decide };
    this.#atRouter.add(atMs, what);
    this.#clock.at(atMs, (nowMs) => this.#advance(nowMs, what));
  }

  /**
   * The router sends a message to a user over `connection`, who does something when it is there: `deliver` gets that instant then, and
   * `onDated` as soon as it is known.
   */
  send({ back }: Connected, bytes: number, deliver: (dueMs: Ms) => void, onDated?: (dueMs: Ms) => void): void {
    this.advance(this.#clock.now());
    this.#undated++;
    back.tell(bytes, {
      arrives: (dueMs) => {
        this.#undated--;
        onDated?.(dueMs);
        this.#clock.at(dueMs, deliver);
      },
    });
    this.#watch();
  }

  /** Passes on what has reached the router until `nowMs`. */
  advance(nowMs: Ms): void {
    this.#advance(nowMs, null);
  }

  /** The same, and `decision`, which comes now; any other waits for its own event, with what is behind it at this instant. */
  #advance(nowMs: Ms, decision: AtRouter | null): void {
    if (this.#isAdvancing) return; // what is passed on at the end of it asks again
    this.#isAdvancing = true;
    const own = this.#own;
    const atRouter = this.#atRouter;
    for (let atMs = atRouter.nextAtMs; atMs <= nowMs; atMs = atRouter.nextAtMs) {
      const what = atRouter.first!;
      if (what.isDecision && what !== decision) break;
      own.runBefore(atMs); // a timer that is set now, for now, comes behind the messages of now
      atRouter.take();
      what.pass(atMs);
      if (what === decision) break;
    }
    if (atRouter.nextAtMs > nowMs) own.runUntil(nowMs);
    else own.runBefore(nowMs);
    this.#isAdvancing = false;
    this.#watch();
  }

  /** While a message waits that is to be decided on, the path must not be behind when that may come to be sent. */
  #watch(): void {
    if (this.#isAdvancing || this.#undated === 0) return;
    this.#wakeAt(Math.min(this.#own.nextAtMs() ?? Number.POSITIVE_INFINITY, this.#atRouter.nextAtMs));
  }

  #wakeAt(atMs: Ms): void {
    if (atMs >= this.#wakesAtMs) return;
    this.#wakesAtMs = atMs;
    this.#clock.at(atMs, this.#wake);
  }

  #onWake(atMs: Ms): void {
    if (atMs >= this.#wakesAtMs) this.#wakesAtMs = Number.POSITIVE_INFINITY;
    this.advance(atMs);
  }
}
