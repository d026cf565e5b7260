import type { Outcome } from '../../core/event/event.ts';
import type { Cancel, Ms } from '../../core/time/clock.ts';
import type { Recipient } from '../../netem/links/transport/deliveries.ts';
import type { Attempt } from '../../router/attempt/attempt.ts';
import type { Ending } from '../../router/attempt/ending.ts';
import { grpcStatus, statusName } from '../../router/attempt/grpc-status.ts';
import { RoutedRequest } from '../../router/attempt/routed-request.ts';
import type { Status, Wire } from '../../router/attempt/wire.ts';
import type { Router } from '../../router/router.ts';
import { retryNumber, waitMs } from '../../services/client/client-retries.ts';
import { type CutOutcome, cutReason, outcomeOf } from '../../services/client/outcome.ts';
import { droppedEvent, sentEvent } from '../../services/client/request-events.ts';
import type { GapsOfAnswer } from '../../services/client/run-gaps.ts';
import type { PlannedRequest } from '../../workload/schedule.ts';
import type { AccessPath } from './access-path.ts';
import type { Connected } from './crossing.ts';
import { routedInfoOf } from './routed-info.ts';
import { SimulatedAttempt } from './simulated-attempt.ts';
import type { SimulatedParts } from './simulated-parts.ts';
import { requestBytesOf, TOKEN_BYTES, TRAILERS_BYTES } from './wire-size.ts';

/**
 * One call of a simulated run, from the client through the router to an engine and back: what gRPC does in a live run.
 * Its deadline ends it at once wherever it is, because every party of a gRPC call watches the deadline itself.
 */
export class SimulatedCall implements Wire, Recipient {
  readonly planned: PlannedRequest;
  readonly canReplay = true;
  readonly access: AccessPath;
  readonly #parts: SimulatedParts;
  #connection: Connected;
  readonly #onEnd: (outcome: Outcome, atMs: Ms) => void;
  /** Of the current try of the client. */
  #routed: RoutedRequest;
  /** The request under the number of that try. */
  #tried: PlannedRequest;
  #retries = 0;
  #stopWaiting: Cancel | null = null;
  /** Ends the wait of `wakeAt`. */
  #stopWake: Cancel | null = null;
  readonly #gaps: GapsOfAnswer;
  readonly #stopDeadline: Cancel;
  readonly #deadlineAtMs: Ms;
  /** A token that comes later finds it ended, by its deadline or with the run. */
  readonly #latestAtMs: Ms;
  #sent: SimulatedAttempt | null = null;
  /** The one before that, which may be open too. */
  #before: SimulatedAttempt | null = null;
  /** A token has left the router. */
  #hasForwarded = false;
  #tokens = 0;
  #lastTokenAtMs: Ms = 0;
  #hasEnded = false;

  constructor(planned: PlannedRequest, parts: SimulatedParts, onEnd: (outcome: Outcome, atMs: Ms) => void) {
    this.planned = planned;
    this.#parts = parts;
    this.access = parts.access.get(planned.client)!;
    this.#onEnd = onEnd;
    this.#gaps = parts.gaps.of(planned);
    this.#tried = planned;
    this.#routed = new RoutedRequest(parts.router, routedInfoOf(planned, parts.deadlineMs), this);
    const nowMs = parts.clock.now();
    this.#deadlineAtMs = nowMs + parts.deadlineMs;
    this.#latestAtMs = Math.min(this.#deadlineAtMs, parts.endMs);
    parts.flights?.know(planned);
    this.#stopDeadline = parts.clock.at(this.#deadlineAtMs, (atMs) => this.#expire(atMs));
    parts.emit(sentEvent(planned, nowMs));
    this.#connection = this.access.upload(requestBytesOf(planned), (atMs) => this.#arriveAtRouter(atMs));
  }

  /** The router that it goes through. */
  get router(): Router {
    return this.#parts.router;
  }

  /** Logs that a planned request was never sent: too many are in flight. */
  static drop(planned: PlannedRequest, { clock, emit }: SimulatedParts): void {
    const nowMs = clock.now();
    emit(sentEvent(planned, nowMs));
    emit(droppedEvent(planned, nowMs));
  }

  /** The run ended before this call: counts it as that. */
  cutOff(outcome: CutOutcome): void {
    const status = { code: grpcStatus.cancelled, message: cutReason(outcome) };
    this.#end(status, this.#parts.clock.now(), outcome);
  }

  /** An endpoint is healthy or unhealthy that was not. */
  onHealthChange(nowMs: Ms): void {
    this.#routed.onHealthChange(nowMs);
  }

  open(attempt: Attempt): boolean {
    if (!this.#parts.connections[attempt.endpoint]!.isUp) return false;
    this.#before = this.#sent;
    this.#sent = new SimulatedAttempt(attempt, this.#tried, this.#parts, this);
    this.#sent.send(this.#deadlineAtMs);
    return true;
  }

  cancel(attempt: Attempt): void {
    if (this.#sent?.isOf(attempt)) this.#sent.cancel();
    else if (this.#before?.isOf(attempt)) this.#before.cancel();
  }

  /** The path to an endpoint is down: what is open over it is lost at once. */
  pathIsDown(endpoint: number): void {
    const [sent, before] = [this.#sent, this.#before];
    if (sent?.endpoint === endpoint) sent.cut();
    if (before?.endpoint === endpoint) before.cut();
  }

  commit(): void {} // tokens pass as they come: nothing is held back before the first message

  wakeAt(atMs: Ms): void {
    this.#stopWake?.();
    this.#stopWake = null;
    if (atMs === Number.POSITIVE_INFINITY) return;
    const routed = this.#routed;
    this.#stopWake = this.#parts.clock.at(atMs, (nowMs) => routed.onWake(nowMs));
  }

  finish(status: Status): void {
    this.#stopWake?.();
    if (this.#hasEnded) return; // the client's own deadline has already ended it
    this.access.send(this.#connection, TRAILERS_BYTES, (arrivedAtMs) => this.#end(status, arrivedAtMs));
  }

  onFirstToken(attempt: Attempt, atMs: Ms): void {
    this.#routed.onMessage(attempt, atMs);
  }

  onToken({ endpoint, hasEnded }: Attempt, atMs: Ms): void {
    this.#parts.router.health?.heard(endpoint, atMs);
    if (hasEnded) return; // the attempt was abandoned
    if (this.#hasForwarded) this.#connection.back.tell(TOKEN_BYTES, this);
    else this.#forwardFirst();
  }

  onEnd(attempt: Attempt, ending: Ending, atMs: Ms): void {
    this.#routed.onEnd(attempt, ending, atMs);
  }

  /**
   * A token will be with the user at `dueMs`. It counts at once, though that is to come: what ends the call before all its tokens are there
   * is known from the start, but for an interruption of the run, for which those that are on their way are there.
   */
  arrives(dueMs: Ms): void {
    if (dueMs > this.#latestAtMs || this.#hasEnded) return;
    if (this.#tokens++ > 0) this.#gaps.add(dueMs - this.#lastTokenAtMs);
    this.#lastTokenAtMs = dueMs;
  }

  // Not in `onToken`: a method with a function in it allocates whenever it is called.
  #forwardFirst(): void {
    this.#hasForwarded = true;
    this.access.send(
      this.#connection,
      TOKEN_BYTES,
      (arrivedAtMs) => this.#onFirstArrived(arrivedAtMs),
      (dueMs) => this.arrives(dueMs),
    );
  }

  #arriveAtRouter(atMs: Ms): void {
    if (this.#hasEnded) return;
    this.#routed.start(atMs);
    this.#parts.probes.look(atMs);
  }

  #onFirstArrived(atMs: Ms): void {
    this.access.advance(atMs);
    if (this.#hasEnded) return;
    this.#parts.emit({ kind: 'first-token', atMs, request: this.planned.id });
  }

  #expire(atMs: Ms): void {
    if (this.#hasEnded) return;
    this.#end({ code: grpcStatus.deadlineExceeded, message: 'the deadline ran out' }, atMs);
    this.#routed.onDeadline(atMs);
  }

  /** Sends it again where clients do by themselves, as `GenerateCall` does. Returns whether it does. */
  #retry(code: number, atMs: Ms): boolean {
    const { retries, clock, router, flights } = this.#parts;
    const wait = this.#hasForwarded ? null : waitMs(retries, { code, retries: this.#retries });
    if (wait === null || atMs + wait >= this.#deadlineAtMs) return false;
    this.#retries++;
    this.#sent = null;
    this.#before = null;
    flights?.forget(this.#tried);
    this.#tried = { ...this.planned, id: retryNumber(retries!, this.planned.id, this.#retries) };
    flights?.know(this.#tried);
    this.#stopWaiting = clock.at(atMs + wait, () => {
      this.#stopWaiting = null;
      this.#routed = new RoutedRequest(router, routedInfoOf(this.#tried, this.#deadlineAtMs - atMs - wait), this);
      const bytes = requestBytesOf(this.planned);
      this.#connection = this.access.upload(bytes, (arrivedAtMs) => this.#arriveAtRouter(arrivedAtMs));
    });
    return true;
  }

  #end({ code, message }: Omit<Status, 'by'>, atMs: Ms, cut?: CutOutcome): void {
    if (this.#hasEnded) return;
    this.access.advance(atMs); // counts the tokens that have come until now
    if (cut === undefined && this.#retry(code, atMs)) return;
    const outcome = cut ?? outcomeOf(code);
    this.#hasEnded = true;
    this.#stopDeadline();
    this.#stopWaiting?.();
    this.#stopWake?.();
    this.#parts.flights?.forget(this.#tried);
    this.#parts.emit({
      kind: 'finished',
      atMs,
      request: this.planned.id,
      outcome,
      tokens: this.#tokens,
      ...(this.#tokens === 0 ? {} : { lastTokenAtMs: Math.min(this.#lastTokenAtMs, atMs) }),
      ...this.#gaps.logged(),
      ...(this.#retries === 0 ? {} : { retries: this.#retries }),
      status: statusName(code),
      ...(message === undefined ? {} : { reason: message }),
    });
    this.#onEnd(outcome, atMs);
  }
}
