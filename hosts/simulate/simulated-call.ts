import type { Outcome } from '../../core/event/event.ts';
import type { Cancel, Ms } from '../../core/time/clock.ts';
import type { Attempt } from '../../router/attempt/attempt.ts';
import { grpcStatus, statusName } from '../../router/attempt/grpc-status.ts';
import type { LoadReport } from '../../router/endpoint/load-report.ts';
import { outcomeOf } from '../../services/client/outcome.ts';
import { droppedEvent, sentEvent } from '../../services/client/request-events.ts';
import type { Engine } from '../../services/node/engine/engine.ts';
import type { EngineEnd, EngineListener } from '../../services/node/engine/request.ts';
import { refusalStatus } from '../../services/node/refusal-status.ts';
import type { PlannedRequest } from '../../workload/schedule.ts';
import type { Path, SimulatedParts } from './simulated-parts.ts';
import { requestBytes, responseBytes, TRAILERS_BYTES } from './wire-size.ts';

/** How a call ends on the wire: a gRPC code, and one line for a person unless all is well. */
interface Status {
  readonly code: number;
  readonly details?: string;
}

const OK: Status = { code: grpcStatus.ok };
const failure = ({ name }: Engine): Status => ({
  code: grpcStatus.unavailable,
  details: `${name} broke off the answer`,
});
const DEADLINE: Status = { code: grpcStatus.deadlineExceeded, details: 'the deadline ran out' };
const NO_ENDPOINT: Status = { code: grpcStatus.unavailable, details: 'no endpoint can take the request' };
const NO_ROOM: Status = {
  code: grpcStatus.resourceExhausted,
  details: 'every endpoint has all the requests it may have',
};

/**
 * One call of a simulated run, from the client through the router to an engine and back: what gRPC does in a live run.
 * Its deadline ends it at once wherever it is, as every party of a gRPC call keeps the deadline by itself.
 */
export class SimulatedCall implements EngineListener {
  readonly planned: PlannedRequest;
  readonly #parts: SimulatedParts;
  readonly #access: Path;
  readonly #onEnd: () => void;
  readonly #stopDeadline: Cancel;
  readonly #deadlineAtMs: Ms;
  #attempt: Attempt | null = null;
  #hasFirstToken = false;
  #generated = 0;
  #tokens = 0;
  #lastTokenAtMs: Ms | null = null;
  #hasEnded = false;

  constructor(planned: PlannedRequest, parts: SimulatedParts, onEnd: () => void) {
    this.planned = planned;
    this.#parts = parts;
    this.#access = parts.access.get(planned.client)!;
    this.#onEnd = onEnd;
    const nowMs = parts.clock.now();
    this.#deadlineAtMs = nowMs + parts.deadlineMs;
    this.#stopDeadline = parts.clock.at(this.#deadlineAtMs, () => this.#expire());
    parts.emit(sentEvent(planned, nowMs));
    this.#access.forward.send(requestBytes(planned.promptTokens), (atMs) => this.#route(atMs, null));
  }

  /** Says of a planned request that it was never sent: too many are in flight. */
  static drop(planned: PlannedRequest, { clock, emit }: SimulatedParts): void {
    const nowMs = clock.now();
    emit(sentEvent(planned, nowMs));
    emit(droppedEvent(planned, nowMs));
  }

  /** The run is over and this call is not. */
  cutOff(): void {
    this.#finish({ code: grpcStatus.cancelled, details: 'the run ended first' }, this.#parts.clock.now(), 'open');
  }

  onScheduled(atMs: Ms): void {
    this.#parts.emit({ kind: 'scheduled', atMs, ...this.#served() });
  }

  onTokens(count: number): void {
    const attempt = this.#attempt!;
    this.#generated += count;
    this.#path().back.send(responseBytes(count), (atMs) => {
      this.#parts.router.firstMessage(attempt, atMs);
      this.#access.back.send(responseBytes(count), (arrivedAtMs) => this.#onTokensArrived(count, arrivedAtMs));
    });
  }

  onEnd(end: EngineEnd, atMs: Ms): void {
    const engine = this.#engine();
    const outcome: Outcome = end === 'answered' || end === 'cancelled' ? end : 'failed';
    this.#emitServed(outcome, atMs);
    if (this.#hasEnded || end === 'expired') return; // its own deadline told everyone
    const status = end === 'failed' ? failure(engine) : OK;
    this.#answerTrailers(this.#attempt!, status, engine.report(atMs), null);
  }

  #route(atMs: Ms, previous: Attempt | null): void {
    if (this.#hasEnded) return;
    const { planned } = this;
    const info = {
      id: planned.id,
      promptTokens: planned.promptTokens,
      maxOutputTokens: planned.maxOutputTokens,
      session: '',
    };
    const decision = this.#parts.router.begin(info, atMs, previous);
    if (decision.kind === 'reject') {
      const status = decision.reason === 'overloaded' ? NO_ROOM : NO_ENDPOINT;
      this.#access.back.send(TRAILERS_BYTES, (arrivedAtMs) => this.#finish(status, arrivedAtMs));
      return;
    }
    this.#attempt = decision;
    this.#path().forward.send(requestBytes(planned.promptTokens), (arrivedAtMs) => this.#serve(decision, arrivedAtMs));
  }

  #serve(attempt: Attempt, atMs: Ms): void {
    if (this.#hasEnded) return;
    const engine = this.#engine();
    this.#parts.emit({ kind: 'received', atMs, ...this.#served() });
    const submission = engine.submit({ ...this.planned, deadlineAtMs: this.#deadlineAtMs }, this);
    if (submission.kind === 'accepted') return;
    this.#emitServed('refused', atMs);
    const status = refusalStatus(submission, this.planned, engine);
    this.#answerTrailers(attempt, status, engine.report(atMs), submission.retryAfterMs);
  }

  #answerTrailers(attempt: Attempt, status: Status, report: LoadReport, pushbackMs: Ms | null): void {
    this.#path().back.send(TRAILERS_BYTES, (atMs) => {
      this.#parts.router.end(attempt, outcomeOf(status.code), atMs, report, pushbackMs);
      if (this.#parts.router.mayRetry(attempt, status.code)) return this.#route(atMs, attempt);
      this.#access.back.send(TRAILERS_BYTES, (arrivedAtMs) => this.#finish(status, arrivedAtMs));
    });
  }

  #onTokensArrived(count: number, atMs: Ms): void {
    if (this.#hasEnded) return;
    this.#tokens += count;
    this.#lastTokenAtMs = atMs;
    if (this.#hasFirstToken) return;
    this.#hasFirstToken = true;
    this.#parts.emit({ kind: 'first-token', atMs, request: this.planned.id });
  }

  #expire(): void {
    if (this.#hasEnded) return;
    const nowMs = this.#parts.clock.now();
    this.#finish(DEADLINE, nowMs);
    if (this.#attempt === null) return;
    this.#parts.router.end(this.#attempt, 'cancelled', nowMs);
    this.#engine().cancel(this.planned.id);
  }

  #finish({ code, details }: Status, atMs: Ms, outcome = outcomeOf(code)): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#stopDeadline();
    this.#parts.emit({
      kind: 'finished',
      atMs,
      request: this.planned.id,
      outcome,
      tokens: this.#tokens,
      ...(this.#lastTokenAtMs === null ? {} : { lastTokenAtMs: this.#lastTokenAtMs }),
      status: statusName(code),
      ...(details === undefined ? {} : { reason: details }),
    });
    this.#onEnd();
  }

  #emitServed(outcome: Outcome, atMs: Ms): void {
    this.#parts.emit({ kind: 'served', atMs, ...this.#served(), outcome, tokens: this.#generated });
  }

  #served(): { readonly request: number; readonly attempt: number; readonly node: string } {
    return { request: this.planned.id, attempt: this.#attempt!.number, node: this.#engine().name };
  }

  #path(): Path {
    return this.#parts.paths[this.#attempt!.endpoint]!;
  }

  #engine(): Engine {
    return this.#parts.engineOf[this.#attempt!.endpoint]!;
  }
}
