import { type Metadata, ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js';
import type { Clock, Ms } from '../../../core/time/clock.ts';

/**
 * The deadline of each call, on the clock of the run. grpc-js computes a deadline by the wall clock, so it is read as the call
 * begins, when grpc-js has just computed it from the time left: setting the wall clock while a prompt arrives does not move it.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #deadlinesMs = new WeakMap<Metadata, Ms>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Call it for the server whose calls are asked about. */
  readonly interceptor: ServerInterceptor = (_method, call) => {
    const leftMs = Number(call.getDeadline()) - Date.now();
    if (!Number.isFinite(leftMs)) return new ServerInterceptingCall(call);
    const deadlineAtMs = this.#clock.now() + leftMs;
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, tell) => {
            this.#deadlinesMs.set(metadata, deadlineAtMs);
            tell(metadata);
          },
        }),
    });
  };

  /** The deadline of the call with this metadata; undefined for none. */
  of(metadata: Metadata): Ms | undefined {
    return this.#deadlinesMs.get(metadata);
  }
}
