import type { Clock } from '../../core/time/clock.ts';
import { grpcStatus } from '../attempt/grpc-status.ts';
import { PROBE_LOOK_EVERY_MS, PROBE_TIMEOUT_MS } from '../probe-timing.ts';
import type { Router } from '../router.ts';
import type { NodePath } from './node-path.ts';

/**
 * Sends the probes that the policy wants: a health check over the path of each endpoint, whose trailers carry the node's load.
 * It asks the policy after each request and every 100 ms; an endpoint with a probe in flight is not probed again.
 */
export class EndpointProber {
  readonly #router: Router;
  readonly #clock: Clock;
  readonly #upstream: (endpoint: number) => NodePath;
  readonly #asked = new Set<number>();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: {
    readonly router: Router;
    readonly clock: Clock;
    readonly upstream: (endpoint: number) => NodePath;
  }) {
    this.#router = options.router;
    this.#clock = options.clock;
    this.#upstream = options.upstream;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.look(), PROBE_LOOK_EVERY_MS).unref();
  }

  look(): void {
    for (const endpoint of this.#router.probes(this.#clock.now())) {
      if (!this.#isClosed && !this.#asked.has(endpoint)) this.#ask(endpoint);
    }
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
  }

  #ask(endpoint: number): void {
    const isSent = this.#upstream(endpoint).checkHealth(PROBE_TIMEOUT_MS, (reply) => {
      this.#asked.delete(endpoint);
      if (reply?.code !== grpcStatus.ok || this.#isClosed) return;
      this.#router.probed(endpoint, reply.rttMs, reply.report, this.#clock.now());
    });
    if (isSent) this.#asked.add(endpoint);
  }
}
