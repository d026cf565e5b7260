import type { Ms } from '../../core/time/clock.ts';
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
 * wait: then it has no attempt that has not ended, and its wire wakes it.
 */
export class RoutedRequest {
  readonly #router: Router;
  readonly #wire: Wire;
  #info: RequestInfo;
  #attempt: Attempt | null = null;
  /** It waits for its next attempt: how the last one ended, which is what the client hears if there is none. Null while it does not wait. */
  #waitsAfter: Ending | null = null;
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
    return this.#waitsAfter !== null;
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
    const decision = this.#router.begin(this.info, nowMs);
    if (decision.kind === 'reject')
      this.#finish(statusOfRejection(decision, this.info, this.#router.pushbackMs(decision, nowMs)));
    else this.#send(decision, nowMs);
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
  }

  /** The client has left, or has reset its stream. It gets no status. */
  onClientGone(nowMs: Ms): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#waitsAfter = null;
    this.#cancel(CLIENT_GONE, nowMs);
  }

  /** The deadline of the request has passed. */
  onDeadline(nowMs: Ms): void {
    this.#endBy(DEADLINE, nowMs);
  }

  /** The router shuts down. */
  onCutOff(nowMs: Ms): void {
    this.#endBy(CUT_OFF, nowMs);
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
    const next = this.#again(attempt, ending, nowMs);
    if (next !== null) this.#send(next, nowMs);
    else this.#finish(statusOfEnding(ending));
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
  }

  #cancel(ending: Ending, nowMs: Ms): void {
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

const statusOfRejection = ({ reason }: Rejection, { model }: RequestInfo, pushbackMs: Ms | null): Status => {
  const by = 'router';
  const pushback = pushbackMs === null ? {} : { pushbackMs };
  switch (reason) {
    case 'overloaded':
      return { code: grpcStatus.resourceExhausted, message: 'every endpoint has as many requests as it may have', by };
    case 'no-model': // what HTTP servers of models say, too: 404
      return { code: grpcStatus.notFound, message: `no endpoint serves the model ${inQuotes(model)}`, by };
    case 'broken':
      return { code: grpcStatus.unavailable, message: 'every endpoint keeps failing', ...pushback, by };
    case 'no-endpoint':
      return { code: grpcStatus.unavailable, message: 'no endpoint can take the request', by };
  }
};

/** What a client sent, in a line of bounded length. */
const inQuotes = (text: string): string => JSON.stringify(text.length <= 100 ? text : `${text.slice(0, 100)}...`);
