import type { Clock, Ms } from '../../core/time/clock.ts';
import { PROBE_LOOK_EVERY_MS, PROBE_TIMEOUT_MS } from '../../router/probe-timing.ts';
import type { Router } from '../../router/router.ts';
import type { Engine } from '../../services/node/engine/engine.ts';
import type { Path } from './crossing.ts';
import { HEALTH_CHECK_BYTES, TRAILERS_BYTES } from './wire-size.ts';

/**
 * Sends the probes that the policy wants: a small message over the path to the node, and back with its load, as the live router
 * does. It asks the policy after each request and, once the policy wanted any, every 100 ms. An endpoint with a probe in flight
 * is not probed again, and answers later than 5 s are ignored.
 */
export class SimulatedProbes {
  readonly #clock: Clock;
  readonly #router: Router;
  readonly #paths: Paths;
  readonly #nodeOf: readonly AskedNode[];
  readonly #asked = new Set<number>();
  #isLooking = false;

  constructor(parts: {
    readonly clock: Clock;
    readonly router: Router;
    readonly paths: Paths;
    readonly nodeOf: readonly AskedNode[];
  }) {
    this.#clock = parts.clock;
    this.#router = parts.router;
    this.#paths = parts.paths;
    this.#nodeOf = parts.nodeOf;
  }

  look(nowMs: Ms): void {
    for (const endpoint of this.#router.probes(nowMs)) if (!this.#asked.has(endpoint)) this.#ask(endpoint, nowMs);
    if (this.#isLooking || this.#router.policy.probes === undefined) return;
    this.#isLooking = true;
    this.#clock.at(nowMs + PROBE_LOOK_EVERY_MS, (atMs) => {
      this.#isLooking = false;
      this.look(atMs);
    });
  }

  #ask(endpoint: number, beganAtMs: Ms): void {
    this.#asked.add(endpoint);
    const giveUp = this.#clock.at(beganAtMs + PROBE_TIMEOUT_MS, () => this.#asked.delete(endpoint));
    const { forward, back } = this.#paths[endpoint]!.connection;
    forward.send(HEALTH_CHECK_BYTES, (atMs) => {
      const { isAway, engine } = this.#nodeOf[endpoint]!;
      if (isAway) return; // nobody answers
      const report = engine.report(atMs);
      back.send(TRAILERS_BYTES, (backAtMs) => {
        giveUp();
        const rttMs = backAtMs - beganAtMs;
        if (rttMs > PROBE_TIMEOUT_MS) return;
        this.#asked.delete(endpoint);
        this.#router.probed(endpoint, rttMs, report, backAtMs);
      });
    });
  }
}

/** The path of each endpoint. */
type Paths = readonly Path[];

interface AskedNode {
  readonly engine: Pick<Engine, 'report'>;
  readonly isAway: boolean;
}
