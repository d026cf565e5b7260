import type { Ms } from '../../core/time/clock.ts';
import type { Waiting } from '../queue/waiting.ts';
import type { WaitingRequest, WaitingRoom } from '../queue/waiting-room.ts';
import type { RequestInfo } from '../request-info.ts';
import type { Rejection } from '../router.ts';
import type { Attempt } from './attempt.ts';
import type { Ending } from './ending.ts';
import { grpcStatus } from './grpc-status.ts';
import { ALL_FULL, statusOfEnding } from './request-status.ts';
import type { Status } from './wire.ts';

export interface QueueWaitOptions {
  readonly room: WaitingRoom;
  readonly info: RequestInfo;
  /** How its attempt ended that it is tried again after; null where it had none. */
  readonly after: Ending | null;
  /** Asks for an endpoint. */
  readonly begin: (nowMs: Ms) => Attempt | Rejection;
  /** It waits no more, and goes where `begin` said. */
  readonly onPlace: (decision: Attempt | Rejection, nowMs: Ms) => void;
  /** It waits no more, and this is what its client hears. */
  readonly onRefused: (status: Status) => void;
}

/** One wait of a request in the router's queue, until an endpoint has room, its time is up, or another request is needed more. */
export class QueueWait implements WaitingRequest {
  readonly info: RequestInfo;
  readonly #room: WaitingRoom;
  readonly #after: Ending | null;
  readonly #begin: QueueWaitOptions['begin'];
  readonly #onPlace: QueueWaitOptions['onPlace'];
  readonly #onRefused: QueueWaitOptions['onRefused'];
  #waiting: Waiting<WaitingRequest> | null = null;

  constructor(options: QueueWaitOptions) {
    this.info = options.info;
    this.#room = options.room;
    this.#after = options.after;
    this.#begin = options.begin;
    this.#onPlace = options.onPlace;
    this.#onRefused = options.onRefused;
  }

  /** Whether there was a place to wait; where not, the request is refused. */
  enter(nowMs: Ms): boolean {
    this.#waiting = this.#room.enter(this, nowMs, { isRetry: this.#after !== null });
    if (this.#waiting === null) this.onShed(nowMs);
    return this.#waiting !== null;
  }

  tryAgain(nowMs: Ms): Attempt | Rejection {
    return this.#begin(nowMs);
  }

  onPlace(decision: Attempt | Rejection, nowMs: Ms): void {
    this.#onPlace(decision, nowMs);
  }

  onShed(nowMs: Ms): void {
    const { size } = this.#room.settings;
    this.#refuse(size === 0 ? ALL_FULL : `${ALL_FULL}, and the queue is full`, nowMs);
  }

  /** Nobody asks for its answer any more. */
  leave(nowMs: Ms): void {
    this.#room.leave(this.#waiting!, 'gone', nowMs);
  }

  /** Its time is up. */
  timeOut(nowMs: Ms): void {
    const waiting = this.#waiting!;
    this.#room.leave(waiting, 'timeout', nowMs);
    this.#refuse(`no endpoint had room within ${Math.round(nowMs - waiting.sinceMs)} ms`, nowMs);
  }

  /** A retry ends as the attempt before it did: its client may know what to do with that. */
  #refuse(message: string, nowMs: Ms): void {
    const after = this.#after;
    const pushbackMs = this.#room.pushbackMs(nowMs);
    this.#onRefused(
      after === null
        ? { code: grpcStatus.resourceExhausted, message, pushbackMs, by: 'router' }
        : statusOfEnding(after),
    );
  }
}
