import type { Ms } from '../../core/time/clock.ts';
import type { RejectReason } from '../filter/filter.ts';
import { NO_ENDPOINT } from '../pick/pick-of.ts';
import type { Waiting } from '../queue/waiting.ts';
import type { WaitingRequest } from '../queue/waiting-room.ts';
import type { RequestInfo } from '../request-info.ts';
import type { Rejection, Router } from '../router.ts';
import type { Attempt } from './attempt.ts';
import { CLIENT_GONE, CUT_OFF, DEADLINE, type Ending, endingWithoutStatus } from './ending.ts';
import { grpcStatus } from './grpc-status.ts';
import type { Status, Wire } from './wire.ts';

/**
 * One request from its arrival at the router to its end, over one or more attempts: which endpoint, whether to try another,
 * and the status. It is the same object on every host; the host reports events to it, and moves bytes through its `Wire`.
 *
 * A request is retried only before its first message was sent to the client, because tokens cannot be taken back, and only for the codes
 * of `AttemptRules`: by default UNAVAILABLE, which says that the node did not process it. Source: gRFC A6. Between two attempts it may
 * wait: then it has no attempt that has not ended, and its wire wakes it. Where every endpoint is full it waits in the router's queue.
 */
export class RoutedRequest implements WaitingRequest {
  readonly #router: Router;
  readonly #wire: Wire;
  #info: RequestInfo;
  #attempt: Attempt | null = null;
  /** It waits for its next attempt: how the last one ended, which is what the client hears if there is none. Null while it does not wait. */
  #waitsAfter: Ending | null = null;
  /** Its place in the queue, and how the attempt before ended: null for the first. */
  #queued: Waiting<WaitingRequest> | null = null;
  #queuedAfter: Ending | null = null;
  #isCommitted = false;
  #isOver = false;

  constructor(router: Router, info: RequestInfo, wire: Wire) {
    this.#router = router;
    this.#info = info;
    this.#wire = wire;
  }

  /** The current attempt, or the last one; null before the first, and where no endpoint could take the request. */
  get attempt(): Attempt | null {
    return this.#attempt;
  }

  /** Whether it waits at the router for its next attempt. */
  get isWaiting(): boolean {
    return this.#waitsAfter !== null || this.#queued !== null;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get info(): RequestInfo {
    return this.#info;
  }

  /** Its body says how long its prompt is, about, where its headers did not. Before `start`. */
  estimate(promptTokens: number): void {
    this.#info = { ...this.#info, promptTokens };
  }

  start(nowMs: Ms): void {
    const { room } = this.#router;
    if (room.isQueueFor(this.info)) room.serve(nowMs);
    if (room.isQueueFor(this.info)) this.#queue(null, nowMs);
    else this.#go(this.#router.begin(this.info, nowMs), null, nowMs);
  }

  /** A message of the answer has come. */
  onMessage(attempt: Attempt, nowMs: Ms): void {
    this.#router.firstMessage(attempt, nowMs);
    if (attempt.hasEnded || this.#isOver || this.#isCommitted || attempt !== this.#attempt) return;
    this.#isCommitted = true;
    this.#wire.commit(attempt);
  }

  /** The attempt is over. */
  onEnd(attempt: Attempt, ending: Ending, nowMs: Ms): void {
    if (attempt.hasEnded) return;
    this.#router.end(attempt, ending, nowMs);
    this.#goOnAfter(attempt, ending, nowMs);
    this.#router.room.serve(nowMs);
  }

  #goOnAfter(attempt: Attempt, ending: Ending, nowMs: Ms): void {
    if (this.#isOver || attempt !== this.#attempt) return;
    if (!this.#router.rules.retriesAfter(ending) || !this.#mayTryAgain(attempt)) {
      this.#finish(statusOfEnding(ending));
      return;
    }
    const waitMs = this.#router.rules.waitMs(attempt.number);
    if (waitMs === 0) {
      this.#retry(attempt, ending, nowMs);
      return;
    }
    this.#waitsAfter = ending;
    this.#wire.wakeAt(nowMs + waitMs);
  }

  /** The time has come that `Wire.wakeAt` was told. */
  onWake(nowMs: Ms): void {
    if (this.#queued !== null) {
      this.#leaveQueue('timeout', nowMs);
      return;
    }
    const ending = this.#waitsAfter;
    const attempt = this.#attempt;
    if (this.#isOver || ending === null || attempt === null) return;
    this.#waitsAfter = null;
    if (this.#mayTryAgain(attempt)) this.#retry(attempt, ending, nowMs);
    else this.#finish(statusOfEnding(ending));
  }

  /** The health of endpoints has changed. A request that has not begun moves, where it would do better. */
  onHealthChange(nowMs: Ms): void {
    const attempt = this.#attempt;
    if (this.#isOver || attempt === null || attempt.hasEnded) return;
    const fault = this.#router.reasonToMove(attempt);
    if (fault === null || !this.#mayTryAgain(attempt)) return;
    const next = this.#again(attempt, LEFT[fault], nowMs);
    if (next === null) return; // it goes on waiting where it is
    this.#router.end(attempt, LEFT[fault], nowMs);
    this.#wire.cancel(attempt);
    this.#send(next, nowMs);
    this.#router.room.serve(nowMs);
  }

  /** The router asks on its behalf whether there is a place now. */
  tryAgain(nowMs: Ms): Attempt | Rejection {
    const [attempt, ending] = [this.#attempt, this.#queuedAfter];
    if (ending === null || attempt === null) return this.#router.begin(this.info, nowMs);
    if (!this.#mayTryAgain(attempt)) return NO_ENDPOINT;
    return this.#router.begin(this.info, nowMs, { attempt, fault: ending.fault });
  }

  /** It has left the queue. */
  onPlace(decision: Attempt | Rejection, nowMs: Ms): void {
    const after = this.#queuedAfter;
    this.#forgetQueue();
    this.#wire.wakeAt(Number.POSITIVE_INFINITY);
    this.#go(decision, after, nowMs);
  }

  /** It has left the queue for a request that is needed more. */
  onShed(nowMs: Ms): void {
    const after = this.#queuedAfter;
    this.#forgetQueue();
    this.#finish(this.#refusal(after, this.#isFullText, nowMs));
  }

  /** The client has left, or has reset its stream. It gets no status. */
  onClientGone(nowMs: Ms): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#waitsAfter = null;
    this.#cancel(CLIENT_GONE, nowMs);
    this.#router.room.serve(nowMs);
  }

  /** The deadline of the request has passed. */
  onDeadline(nowMs: Ms): void {
    this.#endBy(DEADLINE, nowMs);
  }

  /** The router shuts down. */
  onCutOff(nowMs: Ms): void {
    this.#endBy(CUT_OFF, nowMs);
  }

  /** Its host cannot keep what has come of it. */
  onNoRoom(ending: Ending, nowMs: Ms): void {
    this.#endBy(ending, nowMs);
  }

  #send(attempt: Attempt, nowMs: Ms): void {
    this.#attempt = attempt;
    if (!this.#wire.open(attempt)) this.onEnd(attempt, NO_CONNECTION, nowMs);
  }

  #mayTryAgain({ number }: Attempt): boolean {
    return !this.#isCommitted && this.#wire.canReplay && number < this.#router.rules.maxAttempts;
  }

  /** Goes to another endpoint; where there is none, the request ends as the attempt did. */
  #retry(attempt: Attempt, ending: Ending, nowMs: Ms): void {
    this.#go(this.#router.begin(this.info, nowMs, { attempt, fault: ending.fault }), ending, nowMs);
  }

  /** Goes where the router says, waits for a place, or ends. `after` is how the attempt before ended; null for the first. */
  #go(decision: Attempt | Rejection, after: Ending | null, nowMs: Ms): void {
    if (decision.kind === 'attempt') this.#send(decision, nowMs);
    else if (decision.reason === 'overloaded') this.#queue(after, nowMs);
    else if (after !== null) this.#finish(statusOfEnding(after));
    else this.#finish(statusOfRejection(decision.reason, this.info, this.#router.brokenForMs(nowMs)));
  }

  /** Waits until an endpoint has room, where the queue has. */
  #queue(after: Ending | null, nowMs: Ms): void {
    const { room } = this.#router;
    const queued = room.enter(this, nowMs, { isRetry: after !== null });
    if (queued === null) {
      this.#finish(this.#refusal(after, this.#isFullText, nowMs));
      return;
    }
    this.#queued = queued;
    this.#queuedAfter = after;
    this.#wire.wakeAt(nowMs + room.settings.timeoutMs);
  }

  #leaveQueue(end: 'timeout' | 'gone', nowMs: Ms): void {
    const [queued, after] = [this.#queued, this.#queuedAfter];
    if (queued === null) return;
    this.#forgetQueue();
    this.#router.room.leave(queued, end, nowMs);
    if (end === 'gone') return;
    const waitedMs = Math.round(nowMs - queued.sinceMs);
    this.#finish(this.#refusal(after, `no endpoint had room within ${waitedMs} ms`, nowMs));
  }

  #forgetQueue(): void {
    this.#queued = null;
    this.#queuedAfter = null;
  }

  get #isFullText(): string {
    return this.#router.room.settings.size === 0 ? ALL_FULL : `${ALL_FULL}, and the queue is full`;
  }

  /** A retry ends as the attempt before it did: its client may know what to do with that. */
  #refusal(after: Ending | null, message: string, nowMs: Ms): Status {
    if (after !== null) return statusOfEnding(after);
    const pushbackMs = this.#router.room.pushbackMs(nowMs);
    return { code: grpcStatus.resourceExhausted, message, pushbackMs, by: 'router' };
  }

  /** Starts another attempt on another endpoint; null where there is none. */
  #again(attempt: Attempt, { fault }: Ending, nowMs: Ms): Attempt | null {
    const next = this.#router.begin(this.info, nowMs, { attempt, fault });
    return next.kind === 'attempt' ? next : null;
  }

  #endBy(ending: Ending, nowMs: Ms): void {
    if (this.#isOver) return;
    this.#cancel(ending, nowMs);
    this.#finish(statusOfEnding(ending));
    this.#router.room.serve(nowMs);
  }

  #cancel(ending: Ending, nowMs: Ms): void {
    this.#leaveQueue('gone', nowMs);
    const attempt = this.#attempt;
    if (attempt === null || attempt.hasEnded) return;
    this.#router.end(attempt, ending, nowMs);
    this.#wire.cancel(attempt);
  }

  #finish(status: Status): void {
    this.#isOver = true;
    this.#waitsAfter = null;
    this.#wire.finish(status);
  }
}

const NO_CONNECTION = Object.freeze(
  endingWithoutStatus('path', grpcStatus.unavailable, 'there is no connection to the node'),
);

/** How an attempt ends that is moved to a healthy endpoint. */
const LEFT = Object.freeze({
  path: endingWithoutStatus('path', grpcStatus.unavailable, 'nothing comes over the path to the node any more'),
  node: endingWithoutStatus('node', grpcStatus.unavailable, 'the node says that it does not serve'),
});

const statusOfEnding = ({ code, message, isSaidByNode }: Ending): Status => {
  if (code === grpcStatus.ok && isSaidByNode && message === undefined) return OK;
  const by = isSaidByNode ? 'node' : 'router';
  return message === undefined ? { code, by } : { code, by, message };
};

/** How most requests end. */
const OK: Status = Object.freeze({ code: grpcStatus.ok, by: 'node' });

const ALL_FULL = 'every endpoint has as many requests as it may have';

const statusOfRejection = (
  reason: Exclude<RejectReason, 'overloaded'>,
  { model }: RequestInfo,
  brokenForMs: Ms,
): Status => {
  const by = 'router';
  switch (reason) {
    case 'no-model': // what HTTP servers of models say, too: 404
      return { code: grpcStatus.notFound, message: `no endpoint serves the model ${inQuotes(model)}`, by };
    case 'broken':
      return { code: grpcStatus.unavailable, message: 'every endpoint keeps failing', pushbackMs: brokenForMs, by };
    case 'no-endpoint':
      return { code: grpcStatus.unavailable, message: 'no endpoint can take the request', by };
  }
};

/** What a client sent, in a line of bounded length. */
const inQuotes = (text: string): string => JSON.stringify(text.length <= 100 ? text : `${text.slice(0, 100)}...`);
