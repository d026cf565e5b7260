import type { Clock, Ms } from '../../core/time/clock.ts';
import { grpcStatus } from '../attempt/grpc-status.ts';
import type { Router } from '../router.ts';
import type { LoadSubscription } from './load-subscription.ts';
import type { NodePath } from './node-path.ts';

/**
 * Keeps a stream of load reports open to each node over each path, while the configuration asks for reports out of band. One that ends is opened
 * anew, later each time; a server that does not know the method is told of once and not asked again.
 */
export class LoadSubscriber {
  readonly #router: Router;
  readonly #clock: Clock;
  readonly #upstreams: readonly NodePath[];
  readonly #tell: (line: string) => void;
  readonly #streams: Stream[];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: {
    readonly router: Router;
    readonly clock: Clock;
    readonly upstreams: readonly NodePath[];
    /** Gets a line for people. */
    readonly tell: (line: string) => void;
  }) {
    this.#router = options.router;
    this.#clock = options.clock;
    this.#upstreams = options.upstreams;
    this.#tell = options.tell;
    this.#streams = options.upstreams.map(() => ({ open: null, everyMs: 0, failures: 0, notBeforeMs: 0 }));
  }

  start(): void {
    this.#look();
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
    for (const stream of this.#streams) this.#cancel(stream);
  }

  #look(): void {
    const everyMs = this.#router.signals.outOfBand?.everyMs ?? null;
    for (const [endpoint, stream] of this.#streams.entries()) {
      const { open } = stream;
      if (open !== null && (stream.everyMs !== everyMs || !open.isCurrent())) this.#cancel(stream);
      if (everyMs !== null && stream.open === null && performance.now() >= stream.notBeforeMs)
        this.#subscribe(endpoint, stream, everyMs);
    }
  }

  #cancel(stream: Stream): void {
    stream.open?.cancel();
    stream.open = null;
  }

  #subscribe(endpoint: number, stream: Stream, everyMs: Ms): void {
    stream.everyMs = everyMs;
    stream.open = this.#upstreams[endpoint]!.subscribe(everyMs, {
      onReport: (report) => {
        stream.failures = 0;
        this.#router.report(endpoint, report, this.#clock.now());
      },
      onEnd: (code) => {
        stream.open = null;
        if (code === grpcStatus.unimplemented) {
          stream.notBeforeMs = Number.POSITIVE_INFINITY;
          this.#tell(`${this.#router.endpoints.names[endpoint]} has no load reports out of band (UNIMPLEMENTED)`);
          return;
        }
        stream.notBeforeMs = performance.now() + Math.min(FIRST_WAIT_MS * 2 ** stream.failures, LONGEST_WAIT_MS);
        stream.failures++;
      },
    });
  }
}

interface Stream {
  open: LoadSubscription | null;
  everyMs: Ms;
  /** How often it ended since the last report. */
  failures: number;
  /** By the monotonic clock. */
  notBeforeMs: Ms;
}

/** How soon it notices that a connection is there, that another has taken over, or that the configuration is another. */
const LOOK_EVERY_MS: Ms = 250;

const FIRST_WAIT_MS: Ms = 500;
const LONGEST_WAIT_MS: Ms = 30_000;
