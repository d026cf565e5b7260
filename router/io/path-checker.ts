import type { Clock } from '../../core/time/clock.ts';
import { HEALTH_LOOK_EVERY_MS, type PathHealth } from '../filter/path-health.ts';
import { PROBE_TIMEOUT_MS } from '../probe-timing.ts';
import type { NodePath } from './node-path.ts';

/** Sends the health checks that `PathHealth` wants, and tells it what comes over each path. */
export class PathChecker {
  readonly #health: PathHealth;
  readonly #clock: Clock;
  readonly #upstreams: readonly NodePath[];
  /** How much had come over each path at the last look. */
  readonly #bytes: number[];
  /** The check of each endpoint that counts: one that is late, and was given up, tells nothing. */
  readonly #checks: number[];
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: {
    readonly health: PathHealth;
    readonly clock: Clock;
    readonly upstreams: readonly NodePath[];
  }) {
    this.#health = options.health;
    this.#clock = options.clock;
    this.#upstreams = options.upstreams;
    this.#bytes = options.upstreams.map(() => 0);
    this.#checks = options.upstreams.map(() => 0);
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#look(), HEALTH_LOOK_EVERY_MS).unref();
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
  }

  #look(): void {
    const nowMs = this.#clock.now();
    for (const [endpoint, { bytesRead }] of this.#upstreams.entries()) {
      if (bytesRead === this.#bytes[endpoint]) continue;
      this.#bytes[endpoint] = bytesRead;
      this.#health.heard(endpoint, nowMs);
    }
    for (const endpoint of this.#health.look(nowMs)) this.#ask(endpoint);
  }

  #ask(endpoint: number): void {
    const upstream = this.#upstreams[endpoint]!;
    if (this.#health.faultOf(endpoint) === 'path') upstream.renew();
    this.#checks[endpoint] = this.#checks[endpoint]! + 1;
    const check = this.#checks[endpoint]!;
    const isSent = upstream.checkHealth(PROBE_TIMEOUT_MS, (reply) => {
      if (this.#isClosed || check !== this.#checks[endpoint]) return;
      if (reply === null) this.#health.unanswered(endpoint);
      else this.#health.answered(endpoint, reply.answer, this.#clock.now());
    });
    if (!isSent) this.#health.unanswered(endpoint);
  }
}
