import type { Cancel, Ms } from '../../../core/time/clock.ts';
import type { Connected } from '../../../hosts/simulate/crossing.ts';
import { routedInfoOf } from '../../../hosts/simulate/routed-info.ts';
import { requestBytes, TOKEN_BYTES, TRAILERS_BYTES } from '../../../hosts/simulate/wire-size.ts';
import type { Attempt } from '../../../router/attempt/attempt.ts';
import { grpcStatus, statusName } from '../../../router/attempt/grpc-status.ts';
import { RoutedRequest } from '../../../router/attempt/routed-request.ts';
import type { Status, Wire } from '../../../router/attempt/wire.ts';
import type { Router } from '../../../router/router.ts';
import { type CutOutcome, cutReason, outcomeOf } from '../../../services/client/outcome.ts';
import { droppedEvent, sentEvent } from '../../../services/client/request-events.ts';
import type { GapsOfAnswer } from '../../../services/client/run-gaps.ts';
import type { PlannedRequest } from '../../../workload/schedule.ts';
import { ReferenceAttempt } from './reference-attempt.ts';
import type { ReferenceParts } from './reference-parts.ts';

/** One call, where every message is an event: one at the router and one at the client for each token. */
export class ReferenceCall implements Wire {
  readonly planned: PlannedRequest;
  readonly canReplay = true;
  readonly #parts: ReferenceParts;
  readonly #connection: Connected;
  readonly #onEnd: () => void;
  readonly #routed: RoutedRequest;
  readonly #gaps: GapsOfAnswer;
  readonly #stopDeadline: Cancel;
  readonly #deadlineAtMs: Ms;
  readonly #sent = new Map<Attempt, ReferenceAttempt>();
  #hasFirstToken = false;
  #tokens = 0;
  #lastTokenAtMs: Ms | null = null;
  #stopWake: Cancel | null = null;
  #hasEnded = false;

  constructor(planned: PlannedRequest, parts: ReferenceParts, onEnd: () => void) {
    this.planned = planned;
    this.#parts = parts;
    this.#connection = parts.access.get(planned.client)!.connection;
    this.#onEnd = onEnd;
    const { promptTokens } = planned;
    this.#routed = new RoutedRequest(parts.router, routedInfoOf(planned, parts.deadlineMs), this);
    this.#gaps = parts.gaps.of(planned);
    const nowMs = parts.clock.now();
    this.#deadlineAtMs = nowMs + parts.deadlineMs;
    this.#stopDeadline = parts.clock.at(this.#deadlineAtMs, (atMs) => this.#expire(atMs));
    parts.emit(sentEvent(planned, nowMs));
    this.#connection.forward.send(requestBytes(promptTokens), (atMs) => this.#arriveAtRouter(atMs));
  }

  /** The router that it goes through. */
  get router(): Router {
    return this.#parts.router;
  }

  /** Logs that a planned request was never sent: too many are in flight. */
  static drop(planned: PlannedRequest, { clock, emit }: ReferenceParts): void {
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
    const sent = new ReferenceAttempt(attempt, this.planned, this.#parts, {
      onTokens: (count, atMs) => {
        this.#parts.router.health?.heard(attempt.endpoint, atMs);
        this.#routed.onMessage(attempt, atMs);
        if (attempt.hasEnded) return; // it was abandoned
        this.#connection.back.send(count * TOKEN_BYTES, (arrivedAtMs) => this.#onTokensArrived(count, arrivedAtMs));
      },
      onEnd: (ending, atMs) => this.#routed.onEnd(attempt, ending, atMs),
    });
    this.#sent.set(attempt, sent);
    sent.send(this.#deadlineAtMs);
    return true;
  }

  cancel(attempt: Attempt): void {
    this.#sent.get(attempt)?.cancel();
  }

  /** The path to an endpoint is down: what is open over it is lost at once. */
  pathIsDown(endpoint: number): void {
    for (const [attempt, sent] of [...this.#sent]) if (attempt.endpoint === endpoint) sent.cut();
  }

  commit(): void {} // tokens pass as they come: nothing is held back before the first message

  wakeAt(atMs: Ms): void {
    this.#stopWake?.();
    this.#stopWake =
      atMs === Number.POSITIVE_INFINITY ? null : this.#parts.clock.at(atMs, (nowMs) => this.#routed.onWake(nowMs));
  }

  finish(status: Status): void {
    this.#stopWake?.();
    if (this.#hasEnded) return; // the client's own deadline has already ended it
    this.#connection.back.send(TRAILERS_BYTES, (arrivedAtMs) => this.#end(status, arrivedAtMs));
  }

  #arriveAtRouter(atMs: Ms): void {
    if (this.#hasEnded) return;
    this.#routed.start(atMs);
    this.#parts.probes.look(atMs);
  }

  #onTokensArrived(count: number, atMs: Ms): void {
    if (this.#hasEnded) return;
    this.#tokens += count;
    if (this.#lastTokenAtMs !== null) this.#gaps.add(atMs - this.#lastTokenAtMs);
    this.#lastTokenAtMs = atMs;
    if (this.#hasFirstToken) return;
    this.#hasFirstToken = true;
    this.#parts.emit({ kind: 'first-token', atMs, request: this.planned.id });
  }

  #expire(atMs: Ms): void {
    if (this.#hasEnded) return;
    this.#end({ code: grpcStatus.deadlineExceeded, message: 'the deadline ran out' }, atMs);
    this.#routed.onDeadline(atMs);
  }

  #end({ code, message }: Omit<Status, 'by'>, atMs: Ms, outcome = outcomeOf(code)): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#stopDeadline();
    this.#stopWake?.();
    this.#parts.emit({
      kind: 'finished',
      atMs,
      request: this.planned.id,
      outcome,
      tokens: this.#tokens,
      ...(this.#lastTokenAtMs === null ? {} : { lastTokenAtMs: this.#lastTokenAtMs }),
      ...this.#gaps.logged(),
      status: statusName(code),
      ...(message === undefined ? {} : { reason: message }),
    });
    this.#onEnd();
  }
}
