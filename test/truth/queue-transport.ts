import type { Ms } from '../../core/time/clock.ts';
import type { VirtualClock } from '../../core/time/virtual-clock.ts';
import { grpcStatus } from '../../router/attempt/grpc-status.ts';
import type { AnswerListener, LoadTransport, OpenCall, OutgoingCall } from '../../services/client/load-transport.ts';

interface Waiting {
  readonly listener: AnswerListener;
  isCancelled: boolean;
}

/**
 * A service of textbooks in virtual time: some servers and one queue before them, first come, first served. An answer has one token, at
 * its end.
 */
export class QueueTransport implements LoadTransport {
  readonly #clock: VirtualClock;
  readonly #serviceMs: () => Ms;
  readonly #waiting: Waiting[] = [];
  #free: number;
  #stalledUntilMs: Ms = Number.NEGATIVE_INFINITY;

  constructor(clock: VirtualClock, options: { readonly servers: number; readonly serviceMs: () => Ms }) {
    this.#clock = clock;
    this.#free = options.servers;
    this.#serviceMs = options.serviceMs;
  }

  async connect(): Promise<void> {}
  close(): void {}

  /** No service begins between two instants. */
  stall(fromMs: Ms, untilMs: Ms): void {
    this.#clock.at(fromMs, () => {
      this.#stalledUntilMs = untilMs;
    });
    this.#clock.at(untilMs, () => this.#serve());
  }

  call(_call: OutgoingCall, listener: AnswerListener): OpenCall {
    const waiting: Waiting = { listener, isCancelled: false };
    this.#waiting.push(waiting);
    this.#serve();
    return {
      cancel: () => {
        waiting.isCancelled = true;
      },
    };
  }

  #serve(): void {
    while (this.#free > 0 && this.#waiting.length > 0 && this.#clock.now() >= this.#stalledUntilMs) {
      const served = this.#waiting.shift()!;
      this.#free--;
      this.#clock.at(this.#clock.now() + this.#serviceMs(), () => {
        this.#free++;
        if (!served.isCancelled) {
          served.listener.onMessage(1);
          served.listener.onEnd(grpcStatus.ok, '');
        }
        this.#serve();
      });
    }
  }
}
