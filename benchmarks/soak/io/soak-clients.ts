import { exponential } from '../../../core/random/distributions.ts';
import type { Rng } from '../../../core/random/rng.ts';
import type { Ms } from '../../../core/time/clock.ts';
import type { CallFailure, ClientTally } from '../part-setup.ts';
import { type SoakCall, soakCall } from '../soak-call.ts';
import { type CallEnd, SoakClient } from './soak-client.ts';

/** So many clients of the router at any time: each stays for a while, leaves with or without a word, and another one comes. */
export class SoakClients {
  readonly #port: number;
  readonly #rng: Rng;
  readonly #size: number;
  readonly #present: SoakClient[];
  /** Those that wait for their last calls. */
  readonly #leaving = new Set<SoakClient>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #counts = { begun: 0, answered: 0, cancelled: 0, left: 0, expired: 0, failed: 0, skipped: 0 };
  readonly #failures: CallFailure[] = [];
  #came = 0;
  #isClosed = false;

  constructor(port: number, size: number, rng: Rng) {
    this.#port = port;
    this.#rng = rng;
    this.#size = size;
    this.#present = Array.from({ length: size }, () => this.#newcomer());
  }

  /** Has each client call again as soon as it is answered, `atOnce` calls at one time; resolves to the calls a second. */
  async saturate(forMs: Ms, atOnce: number): Promise<number> {
    const warmUntilMs = performance.now() + forMs / 3;
    const untilMs = performance.now() + forMs;
    let answered = 0;
    const again = (client: SoakClient): Promise<void> =>
      new Promise((resolve) => {
        const next = (): void => {
          const nowMs = performance.now();
          if (nowMs >= untilMs) resolve();
          else
            this.#call(client, { ...soakCall(this.#rng), gapMs: 0, timeoutMs: null, isCancelled: false }, () => {
              if (nowMs >= warmUntilMs) answered++;
              next();
            });
        };
        next();
      });
    await Promise.all(this.#present.flatMap((client) => Array.from({ length: atOnce }, () => again(client))));
    return answered / ((forMs * 2) / 3 / 1000);
  }

  /** Calls from now on, with exponential gaps, and has clients come and go. */
  load(ratePerS: number): void {
    for (let index = 0; index < this.#size; index++) {
      this.#callAgain(index, (1000 * this.#size) / ratePerS);
      this.#replaceAgain(index);
    }
  }

  /** All leave; resolves when nothing is open, and at the latest after `limitMs`. */
  async close(limitMs: Ms): Promise<ClientTally> {
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    const all = [...this.#present, ...this.#leaving];
    const left = Promise.all(this.#present.map((client) => client.leave(false)));
    const untilMs = performance.now() + limitMs;
    const open = (): number => all.reduce((sum, client) => sum + client.open, 0);
    while (open() > 0 && performance.now() < untilMs) await new Promise((resolve) => setTimeout(resolve, 50));
    void left;
    return { ...this.#counts, failures: this.#failures, open: open(), clients: this.#came };
  }

  #newcomer(): SoakClient {
    this.#came++;
    return new SoakClient(this.#port);
  }

  #callAgain(index: number, meanMs: Ms): void {
    this.#after(exponential(this.#rng, meanMs), () => {
      const client = this.#present[index]!;
      const call = soakCall(this.#rng);
      if (client.open < MOST_OPEN) this.#call(client, call, () => {});
      else this.#counts.skipped++;
      this.#callAgain(index, meanMs);
    });
  }

  #replaceAgain(index: number): void {
    this.#after(LEAST_STAY_MS + exponential(this.#rng, MEAN_STAY_MS), () => {
      const going = this.#present[index]!;
      this.#present[index] = this.#newcomer();
      this.#leaving.add(going);
      void going.leave(this.#rng.next() < ABRUPT_SHARE).then(() => this.#leaving.delete(going));
      this.#replaceAgain(index);
    });
  }

  #after(ms: Ms, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#isClosed) act();
    }, ms);
    this.#timers.add(timer);
  }

  #call(client: SoakClient, call: SoakCall, onEnd: () => void): void {
    this.#counts.begun++;
    client.call(call, (end) => {
      this.#count(end);
      onEnd();
    });
  }

  #count(end: CallEnd): void {
    if (typeof end === 'string') this.#counts[end]++;
    else {
      this.#counts.failed++;
      if (this.#failures.length < MOST_FAILURES) this.#failures.push(end.failure);
    }
  }
}

const LEAST_STAY_MS: Ms = 1000;
const MEAN_STAY_MS: Ms = 10_000;

/** How many of those that leave do so without a word, in the middle of their calls. */
const ABRUPT_SHARE = 0.3;

/** Calls of one client at a time: where the machine takes less than it did before, calls must not pile up. */
const MOST_OPEN = 16;

const MOST_FAILURES = 10_000;
