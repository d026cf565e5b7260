import type { Ms } from '../../core/time/clock.ts';
import { NO_ENDPOINT } from '../pick/pick-of.ts';
import type { RequestInfo } from '../request-info.ts';
import type { Rejection, Router } from '../router.ts';
import type { Attempt } from './attempt.ts';
import type { ExtraCause } from './attempt-cause.ts';
import { AttemptTimers } from './attempt-timers.ts';
import { CLIENT_GONE, CUT_OFF, DEADLINE, type Ending, MOVED_OFF, NOT_SENT, OUTRUN, TOO_SLOW } from './ending.ts';
import { ExtraAttempts } from './extra-attempts.ts';
import { grpcStatus } from './grpc-status.ts';
import { apartAfter, type NextAttempt } from './next-attempt.ts';
import { QueueWait } from './queue-wait.ts';
import { statusOfEnding, statusOfRejection } from './request-status.ts';
import type { Status, Wire } from './wire.ts';

/**
 * One request from its arrival at the router to its end, over one or more attempts: which endpoint, whether to try another,
 * and the status. It is the same object on every host; the host reports events to it, and moves bytes through its `Wire`.
 *
 * Until the first message of an answer was sent to the client another attempt is possible; not after, because tokens cannot be taken back. It
 * begins after one that failed (a retry), instead of one that takes too long, or beside one that takes long (a hedge): see `AttemptRules`. Between
 * two attempts a request may wait: then it has no attempt that has not ended, and its wire wakes it. Where every endpoint is full it waits in the
 * router's queue. Source: gRFC A6.
 */
export class RoutedRequest {
  readonly #router: Router;
  readonly #wire: Wire;
  #info: RequestInfo;
  #attempt: Attempt | null = null;
  /** The second one, while two are open. */
  #beside: Attempt | null = null;
  /** It waits for its next attempt: how the last one ended, which is what the client hears if there is none. Null while it does not wait. */
  #waitsAfter: Ending | null = null;
  /** Null while it does not wait in the queue. */
  #queued: QueueWait | null = null;
  /** Null until something is waited for, and until there is more than one attempt: mostly neither is. */
  #timers: AttemptTimers | null = null;
  #extra: ExtraAttempts | null = null;
  #isCommitted = false;
  #isOver = false;

  constructor(router: Router, info: RequestInfo, wire: Wire) {
    this.#router = router;
    this.#info = info;
    this.#wire = wire;
  }

  /**
   * The attempt that is open, or the last one; of two, the one that began first until the other has the first message. Null before the first, and
   * where no endpoint could take the request.
   */
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

  /** Its attempts beyond the first; null where it had none. */
  get extra(): ExtraAttempts | null {
    return this.#extra;
  }

  /** Its body says how long its prompt is, about, where its headers did not. Before `start`. */
  estimate(promptTokens: number): void {
    this.#info = { ...this.#info, promptTokens };
  }

  start(nowMs: Ms): void {
    const { room, rules } = this.#router;
    rules.hedging?.requestCame();
    if (room.isQueueFor(this.info)) room.serve(nowMs);
    if (room.isLineFor(this.info)) this.#queue(null, nowMs);
    else this.#go(this.#router.begin(this.info, nowMs), null, nowMs);
  }

  /** A message of the answer has come. */
  onMessage(attempt: Attempt, nowMs: Ms): void {
    const isFirst = !attempt.hasFirstMessage;
    this.#router.firstMessage(attempt, nowMs);
    if (attempt.hasEnded || this.#isOver || this.#isCommitted || !this.#isOpen(attempt)) return;
    if (isFirst) this.#router.rules.hedging?.learn(attempt, nowMs);
    const hadBoth = this.#beside !== null;
    if (hadBoth) this.#leaveOther(attempt, nowMs);
    if (hadBoth || (this.#extra !== null && attempt.number <= this.#extra.begun)) this.#router.won(attempt, nowMs);
    this.#isCommitted = true;
    this.#stopTimers();
    this.#wire.commit(attempt);
    this.#router.room.serve(nowMs);
  }

  /** The attempt is over. */
  onEnd(attempt: Attempt, ending: Ending, nowMs: Ms): void {
    if (attempt.hasEnded) return;
    this.#router.end(attempt, ending, nowMs);
    this.#goOnAfter(attempt, ending, nowMs);
    this.#router.room.serve(nowMs);
  }

  #goOnAfter(attempt: Attempt, ending: Ending, nowMs: Ms): void {
    if (this.#isOver || !this.#isOpen(attempt)) return;
    const { rules } = this.#router;
    if (ending.code === grpcStatus.ok) rules.budget.succeeded(attempt.endpoint);
    else if (ending.unseen === undefined && rules.isFailure(ending))
      rules.budget.failed(attempt.endpoint, ending.fault);
    const isRetried = rules.retriesAfter(ending);
    if (this.#beside !== null) {
      if (isRetried || !ending.isSaidByNode) this.#goOnWithOther(attempt, nowMs);
      else {
        this.#leaveOther(attempt, nowMs);
        this.#finish(statusOfEnding(ending));
      }
      return;
    }
    if (this.#mayBeginUncounted(ending)) this.#again({ cause: 'transparent', attempt, ending }, nowMs);
    else if (isRetried && this.#mayRetry) this.#retry(attempt, ending, nowMs);
    else this.#finish(statusOfEnding(ending));
  }

  /** The time has come that `Wire.wakeAt` was told. */
  onWake(nowMs: Ms): void {
    if (this.#queued !== null) {
      this.#queued.timeOut(nowMs);
      this.#router.room.serve(nowMs); // those behind it may take what it could not
      return;
    }
    const timers = this.#timers;
    const attempt = this.#attempt;
    if (this.#isOver || timers === null || attempt === null) return;
    const dueAtMs = timers.nextAtMs;
    if (dueAtMs === Number.POSITIVE_INFINITY) return;
    if (this.#waitsAfter !== null) this.#onWaited(attempt, this.#waitsAfter, nowMs);
    else if (timers.giveUpAtMs <= dueAtMs) this.#giveUp(attempt, timers, nowMs);
    else {
      timers.hedgeAtMs = Number.POSITIVE_INFINITY;
      this.#hedge(attempt, nowMs);
      this.#wake();
    }
    this.#router.room.serve(nowMs);
  }

  /** The health of endpoints has changed. A request that has not begun moves, where it would do better. */
  onHealthChange(nowMs: Ms): void {
    const attempt = this.#attempt;
    if (this.#isOver || this.#isCommitted || attempt === null || attempt.hasEnded) return;
    const fault = this.#router.reasonToMove(attempt);
    const beside = this.#beside;
    if (beside !== null) {
      const isOtherBad = this.#router.reasonToMove(beside) !== null;
      if (fault !== null && !isOtherBad) this.#drop(attempt, MOVED_OFF[fault], nowMs);
      else if (fault === null && isOtherBad) this.#drop(beside, MOVED_OFF[this.#router.reasonToMove(beside)!], nowMs);
      this.#router.room.serve(nowMs);
      return;
    }
    if (fault === null || !this.#mayTryAgain) return;
    const { rules } = this.#router;
    const next = this.#beginBeside('moved', attempt, apartAfter(fault, this.#isLast(rules.maxAttempts)), nowMs);
    if (next === null) return; // it goes on waiting where it is
    this.#instead(next, attempt, MOVED_OFF[fault], nowMs);
    this.#router.room.serve(nowMs);
  }

  /** The client has left, or has reset its stream. It gets no status. */
  onClientGone(nowMs: Ms): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#waitsAfter = null;
    this.#timers?.clear();
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
    if (!this.#wire.open(attempt)) this.onEnd(attempt, NOT_SENT, nowMs);
    else if (this.#router.rules.watchesAttempts) this.#watch(attempt, nowMs);
  }

  /** Whether another attempt may begin that counts. */
  get #mayTryAgain(): boolean {
    return this.#mayBegin && (this.#extra?.counted ?? 0) + 1 < this.#router.rules.maxAttempts;
  }

  /** The same, where the budget allows it: other requests may have spent it while this one waited. */
  get #mayRetry(): boolean {
    return this.#mayTryAgain && this.#router.rules.budget.allows;
  }

  get #mayBegin(): boolean {
    return !this.#isCommitted && this.#wire.canReplay;
  }

  /**
   * A request that no server has seen is tried again without counting: once where a node refused it, and where it was not sent at all each
   * time, as each goes to another endpoint. Source: gRFC A6, "Transparent Retries".
   */
  #mayBeginUncounted({ unseen }: Ending): boolean {
    return this.#mayBegin && (unseen === 'not-sent' || (unseen === 'refused' && (this.#extra?.transparent ?? 0) === 0));
  }

  #isLast(maxAttempts: number): boolean {
    return (this.#extra?.counted ?? 0) + 2 >= maxAttempts;
  }

  /** Tries again, at once or after a wait. */
  #retry(attempt: Attempt, ending: Ending, nowMs: Ms): void {
    const waitMs = this.#router.rules.waitMs((this.#extra?.retries ?? 0) + 1);
    if (waitMs === 0) {
      this.#again({ cause: 'retry', attempt, ending }, nowMs);
      return;
    }
    this.#waitsAfter = ending;
    this.#timers ??= new AttemptTimers();
    this.#timers.clear();
    this.#timers.retryAtMs = nowMs + waitMs;
    this.#wire.wakeAt(nowMs + waitMs);
    this.#extra ??= new ExtraAttempts();
    this.#extra.waitedMs += waitMs;
  }

  #onWaited(attempt: Attempt, ending: Ending, nowMs: Ms): void {
    this.#waitsAfter = null;
    this.#timers?.clear();
    if (this.#mayRetry) this.#again({ cause: 'retry', attempt, ending }, nowMs);
    else this.#finish(statusOfEnding(ending));
  }

  /** Goes to another endpoint after an attempt that ended; where there is none, the request ends as the attempt did. */
  #again(after: AfterEnd, nowMs: Ms): void {
    this.#go(this.#beginAfter(after, nowMs), after, nowMs);
  }

  #beginAfter({ cause, attempt, ending }: AfterEnd, nowMs: Ms): Attempt | Rejection {
    const isLast = cause === 'retry' && this.#isLast(this.#router.rules.maxAttempts);
    const isRefused = cause === 'transparent' && ending.unseen === 'refused';
    return this.#begin(cause, attempt, isRefused ? REFUSED : apartAfter(ending.fault, isLast), nowMs);
  }

  /** Goes where the router says, waits for a place, or ends. `after` is what it is tried again after; null for the first attempt. */
  #go(decision: Attempt | Rejection, after: AfterEnd | null, nowMs: Ms): void {
    if (decision.kind === 'attempt') this.#send(decision, nowMs);
    else if (decision.reason === 'overloaded') this.#queue(after, nowMs);
    else if (after !== null) this.#finish(statusOfEnding(after.ending));
    else this.#finish(statusOfRejection(decision.reason, this.info, this.#router.brokenForMs(nowMs)));
  }

  /** Waits until an endpoint has room, where the queue has. */
  #queue(after: AfterEnd | null, nowMs: Ms): void {
    const { room } = this.#router;
    this.#timers?.clear();
    const wait = new QueueWait({
      room,
      info: this.info,
      after: after?.ending ?? null,
      begin: (atMs) => this.#beginQueued(after, atMs),
      onPlace: (decision, atMs) => {
        this.#queued = null;
        this.#wire.wakeAt(Number.POSITIVE_INFINITY);
        this.#go(decision, after, atMs);
      },
      onRefused: (status) => {
        this.#queued = null;
        this.#finish(status);
      },
    });
    if (!wait.enter(nowMs)) return;
    this.#queued = wait;
    this.#wire.wakeAt(nowMs + room.settings.timeoutMs);
  }

  #beginQueued(after: AfterEnd | null, nowMs: Ms): Attempt | Rejection {
    if (after === null) return this.#router.begin(this.info, nowMs);
    const mayBegin = after.cause === 'transparent' ? this.#mayBegin : this.#mayRetry;
    return mayBegin ? this.#beginAfter(after, nowMs) : NO_ENDPOINT;
  }

  /** Waits for the first message: until a second attempt begins, or this one is given up. */
  #watch(attempt: Attempt, nowMs: Ms): void {
    const { rules, endpoints } = this.#router;
    this.#timers ??= new AttemptTimers();
    const timers = this.#timers;
    timers.giveUpAtMs = rules.giveUpAtMs(attempt);
    timers.hedgeAtMs =
      rules.hedging !== null && this.#mayHedge ? rules.hedging.atMs(attempt, endpoints) : Number.POSITIVE_INFINITY;
    if (timers.hedgeAtMs <= nowMs) {
      timers.hedgeAtMs = Number.POSITIVE_INFINITY;
      this.#hedge(attempt, nowMs);
    }
    this.#wake();
  }

  /** Once a request. */
  get #mayHedge(): boolean {
    return (this.#extra?.hedges ?? 0) === 0 && this.#mayTryAgain;
  }

  #hedge(attempt: Attempt, nowMs: Ms): void {
    const { hedging, budget } = this.#router.rules;
    if (hedging === null || !this.#mayHedge || !hedging.allows || !budget.allows) return;
    const apart = hedging.disjoint === 'any' ? 'endpoint' : hedging.disjoint;
    const beside = this.#beginBeside('hedge', attempt, { apart, orElse: null }, nowMs);
    if (beside === null) return;
    hedging.hedgeBegan();
    budget.spend();
    this.#beside = beside;
    if (!this.#wire.open(beside)) this.onEnd(beside, NOT_SENT, nowMs);
  }

  /** Of two attempts neither is given up: each is the other's way out. */
  #giveUp(attempt: Attempt, timers: AttemptTimers, nowMs: Ms): void {
    const { budget } = this.#router.rules;
    timers.giveUpAtMs = Number.POSITIVE_INFINITY;
    const next =
      this.#beside === null && this.#mayTryAgain && budget.allows
        ? this.#beginBeside('time-out', attempt, { apart: 'node', orElse: 'endpoint' }, nowMs)
        : null;
    if (next === null) this.#wake();
    else {
      budget.spend();
      this.#instead(next, attempt, TOO_SLOW, nowMs);
    }
  }

  /**
   * Begins another attempt while one is open; null where there is no endpoint for it, and where requests wait for a place that have none.
   */
  #beginBeside(cause: ExtraCause, attempt: Attempt, apart: Apart, nowMs: Ms): Attempt | null {
    if (cause !== 'moved' && this.#router.room.isQueueFor(this.info)) return null;
    const next = this.#begin(cause, attempt, apart, nowMs);
    return next.kind === 'attempt' ? next : null;
  }

  #begin(cause: ExtraCause, attempt: Attempt, apart: Apart, nowMs: Ms): Attempt | Rejection {
    this.#extra ??= new ExtraAttempts();
    const extra = this.#extra;
    const next = this.#router.begin(this.info, nowMs, {
      attempt,
      cause,
      number: extra.begun + 2,
      ...apart,
      onlyWell: cause === 'hedge' || cause === 'time-out',
      alsoAvoided: extra.failedBeside,
    });
    if (next.kind === 'attempt') extra.count(cause);
    return next;
  }

  /** The one goes on instead of the other, which is cancelled. */
  #instead(next: Attempt, attempt: Attempt, ending: Ending, nowMs: Ms): void {
    this.#router.end(attempt, ending, nowMs);
    this.#wire.cancel(attempt);
    this.#send(next, nowMs);
  }

  #isOpen(attempt: Attempt): boolean {
    return attempt === this.#attempt || attempt === this.#beside;
  }

  /** Cancels the other of two attempts. */
  #leaveOther(attempt: Attempt, nowMs: Ms): void {
    const other = attempt === this.#attempt ? this.#beside! : this.#attempt!;
    this.#attempt = attempt;
    this.#beside = null;
    this.#router.rules.hedging?.learn(other, nowMs);
    this.#router.end(other, OUTRUN, nowMs);
    this.#wire.cancel(other);
  }

  /** Cancels this one of two attempts. */
  #drop(attempt: Attempt, ending: Ending, nowMs: Ms): void {
    this.#router.end(attempt, ending, nowMs);
    this.#wire.cancel(attempt);
    this.#goOnWithOther(attempt, nowMs);
  }

  /** One of two attempts has ended, and the request has the other. */
  #goOnWithOther(ended: Attempt, nowMs: Ms): void {
    if (ended === this.#attempt) this.#attempt = this.#beside;
    this.#beside = null;
    this.#extra!.failedBeside = ended.endpoint;
    this.#watch(this.#attempt!, nowMs);
  }

  #wake(): void {
    this.#wire.wakeAt(this.#timers!.nextAtMs);
  }

  #stopTimers(): void {
    const timers = this.#timers;
    if (timers === null || timers.nextAtMs === Number.POSITIVE_INFINITY) return;
    timers.clear();
    this.#wire.wakeAt(Number.POSITIVE_INFINITY);
  }

  #endBy(ending: Ending, nowMs: Ms): void {
    if (this.#isOver) return;
    this.#cancel(ending, nowMs);
    this.#finish(statusOfEnding(ending));
    this.#router.room.serve(nowMs);
  }

  #cancel(ending: Ending, nowMs: Ms): void {
    this.#queued?.leave(nowMs);
    this.#queued = null;
    const [attempt, beside] = [this.#attempt, this.#beside];
    if (attempt !== null) this.#cancelOne(attempt, ending, nowMs);
    if (beside !== null) this.#cancelOne(beside, ending, nowMs);
  }

  #cancelOne(attempt: Attempt, ending: Ending, nowMs: Ms): void {
    if (attempt.hasEnded) return;
    this.#router.end(attempt, ending, nowMs);
    this.#wire.cancel(attempt);
  }

  #finish(status: Status): void {
    this.#isOver = true;
    this.#waitsAfter = null;
    this.#timers?.clear();
    this.#wire.finish(status);
  }
}

/** An attempt that ended, after which the request is tried again. */
interface AfterEnd {
  readonly cause: 'retry' | 'transparent';
  readonly attempt: Attempt;
  readonly ending: Ending;
}

type Apart = Pick<NextAttempt, 'apart' | 'orElse'>;

/** After a refusal: another node, or the same one again. */
const REFUSED = { apart: 'node', orElse: 'any' } as const;
