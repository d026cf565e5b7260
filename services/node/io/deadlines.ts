import { type Metadata, ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js';
import type { Clock, Ms } from '../../../core/time/clock.ts';

/**
 * When each call is to be given up, on the clock of the run. grpc-js tells a deadline by the wall clock, so it is read as the call
 * begins, at the moment at which grpc-js made it of what is left: a wall clock that is set while a prompt arrives does not move it.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #deadlinesMs = new WeakMap<Metadata, Ms>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** For the server whose calls are asked about. */
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

  /** That of the call with this metadata; undefined for none. */
  of(metadata: Metadata): Ms | undefined {
    return this.#deadlinesMs.get(metadata);
  }
}
