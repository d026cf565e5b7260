import type { Clock, Ms } from '../../core/time/clock.ts';
import { Lane } from '../../netem/links/model/link-emulator.ts';
import { HEALTH_LOOK_EVERY_MS, type PathHealth } from '../../router/filter/path-health.ts';
import type { Path } from './crossing.ts';
import type { SimulatedNode } from './simulated-node.ts';
import { HEALTH_CHECK_BYTES, TRAILERS_BYTES } from './wire-size.ts';

/**
 * Sends the health checks that `PathHealth` wants over the simulated paths, as the live router does: a small message to the
 * node and back with whether it serves. They use the connection of the requests; over an ideal transport they have a lane of
 * their own, so that they take part in no loss.
 *
 * Hot path: a router with a hundred paths sends some hundred checks a second. Where an endpoint is healthy and stays so, only its arrival at the node is an event.
 */
export class SimulatedChecks {
  readonly #clock: Clock;
  readonly #health: PathHealth;
  readonly #paths: readonly Path[];
  readonly #nodeOf: readonly SimulatedNode[];
  readonly #renew: (endpoint: number) => void;
  readonly #hear: (nowMs: Ms) => void;
  readonly #lanes: readonly { readonly forward: Lane; readonly back: Lane }[];
  /** The check of each endpoint that counts. */
  readonly #checks: number[];
  #expected: Expected[] = [];

  constructor(parts: {
    readonly clock: Clock;
    readonly health: PathHealth;
    readonly paths: readonly Path[];
    readonly nodeOf: readonly SimulatedNode[];
    /** Called for a silent path: a new connection may be there first when it comes back. */
    readonly renew: (endpoint: number) => void;
    /** Tells `health` what else has come until now. */
    readonly hear: (nowMs: Ms) => void;
  }) {
    this.#clock = parts.clock;
    this.#health = parts.health;
    this.#paths = parts.paths;
    this.#nodeOf = parts.nodeOf;
    this.#renew = parts.renew;
    this.#hear = parts.hear;
    const lane = (): Lane => new Lane({ losesNothing: true });
    this.#lanes = parts.paths.map(() => ({ forward: lane(), back: lane() }));
    this.#checks = parts.paths.map(() => 0);
  }

  /** Looks now, and again for as long as the clock runs. */
  look(nowMs: Ms): void {
    this.#hear(nowMs);
    this.#takeAnswers(nowMs);
    for (const endpoint of this.#health.look(nowMs)) this.#ask(endpoint);
    if (!this.#health.admitsAll) this.#awaitThoseOfLeft();
    this.#clock.at(nowMs + HEALTH_LOOK_EVERY_MS, (atMs) => this.look(atMs));
  }

  #ask(endpoint: number): void {
    if (this.#health.faultOf(endpoint) === 'path') this.#renew(endpoint);
    const { forward, back } = this.#paths[endpoint]!.connection;
    const lanes = this.#lanes[endpoint]!;
    const node = this.#nodeOf[endpoint]!;
    this.#checks[endpoint] = this.#checks[endpoint]! + 1;
    const check = this.#checks[endpoint]!;
    const onNode = (atMs: Ms): void => {
      if (node.isAway) return; // its process has crashed: nobody answers
      const answer = node.engine.isServing(atMs) ? 'serving' : 'not-serving';
      back.tell(TRAILERS_BYTES, { arrives: (dueMs) => this.#expect({ endpoint, check, answer, dueMs }) }, lanes.back);
    };
    const reaches = (atMs: Ms): void => node.reached(onNode, atMs);
    forward.tell(HEALTH_CHECK_BYTES, { arrives: (dueMs) => this.#clock.at(dueMs, reaches) }, lanes.forward);
  }

  /** An answer that changes nothing waits until somebody looks; any other is an event. */
  #expect(answer: Expected): void {
    if (answer.answer === 'serving' && this.#health.faultOf(answer.endpoint) === null) this.#expected.push(answer);
    else this.#await(answer);
  }

  #await(answer: Expected): void {
    this.#clock.at(answer.dueMs, (atMs) => {
      this.#hear(atMs);
      this.#take(answer);
    });
  }

  /** Takes in those that have come until `nowMs`. */
  #takeAnswers(nowMs: Ms): void {
    const expected = this.#expected;
    let kept = 0;
    for (const answer of expected) {
      if (answer.dueMs <= nowMs) this.#take(answer);
      else expected[kept++] = answer;
    }
    expected.length = kept;
  }

  /** What is on its way from an endpoint that has been left since may have it used again, at its own instant. */
  #awaitThoseOfLeft(): void {
    this.#expected = this.#expected.filter((answer) => {
      const isLeft = this.#health.faultOf(answer.endpoint) !== null;
      if (isLeft) this.#await(answer);
      return !isLeft;
    });
  }

  #take({ endpoint, check, answer, dueMs }: Expected): void {
    if (check === this.#checks[endpoint]) this.#health.answered(endpoint, answer, dueMs);
    else this.#health.heard(endpoint, dueMs);
  }
}

/** An answer to a check that will be at the router at `dueMs`. */
interface Expected {
  readonly endpoint: number;
  /** The number of the check. */
  readonly check: number;
  readonly answer: 'serving' | 'not-serving';
  readonly dueMs: Ms;
}
