import type { Rng } from '../../core/random/rng.ts';
import type { Clock, Ms } from '../../core/time/clock.ts';
import type { Router } from '../../router/router.ts';
import type { Engine } from '../../services/node/engine/engine.ts';
import type { Path } from './crossing.ts';
import { LOAD_MESSAGE_BYTES, LOAD_REQUEST_BYTES } from './wire-size.ts';

/**
 * Load reports out of band, as a live router asks for them: a stream to each node over each path, on which the node writes its load at once and then
 * each `everyMs`. The streams begin at instants that are drawn from the first interval, at most a second, as routers and nodes do not start at one. While a
 * node is away, or nothing leaves it, what it would have written is not written later.
 */
export class SimulatedReports {
  readonly #clock: Clock;
  readonly #router: Router;
  readonly #paths: readonly Path[];
  readonly #nodeOf: readonly ReportingNode[];
  readonly #everyMs: Ms;

  constructor(parts: {
    readonly clock: Clock;
    readonly router: Router;
    readonly paths: readonly Path[];
    readonly nodeOf: readonly ReportingNode[];
    readonly everyMs: Ms;
  }) {
    this.#clock = parts.clock;
    this.#router = parts.router;
    this.#paths = parts.paths;
    this.#nodeOf = parts.nodeOf;
    this.#everyMs = parts.everyMs;
  }

  /** Opens the streams. `rng` draws when. */
  begin(rng: Rng): void {
    for (const endpoint of this.#paths.keys()) {
      const beginsAtMs = rng.next() * Math.min(this.#everyMs, LONGEST_START_MS);
      this.#clock.at(beginsAtMs, () => {
        const { forward } = this.#paths[endpoint]!.connection;
        forward.send(LOAD_REQUEST_BYTES, (atMs) => this.#write(endpoint, atMs));
      });
    }
  }

  #write(endpoint: number, nowMs: Ms): void {
    const node = this.#nodeOf[endpoint]!;
    if (node.isReachable) {
      const report = node.engine.report(nowMs);
      const { back } = this.#paths[endpoint]!.connection;
      back.send(LOAD_MESSAGE_BYTES, (atMs) => this.#router.report(endpoint, report, atMs));
    }
    this.#clock.at(nowMs + this.#everyMs, (atMs) => this.#write(endpoint, atMs));
  }
}

interface ReportingNode {
  readonly engine: Pick<Engine, 'report'>;
  readonly isReachable: boolean;
}

const LONGEST_START_MS: Ms = 1000;
