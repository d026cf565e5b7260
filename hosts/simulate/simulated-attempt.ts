import type { Outcome } from '../../core/event/event.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { Attempt } from '../../router/attempt/attempt.ts';
import { type Ending, endingByNode } from '../../router/attempt/ending.ts';
import { grpcStatus } from '../../router/attempt/grpc-status.ts';
import type { Engine } from '../../services/node/engine/engine.ts';
import type { EngineEnd, EngineListener } from '../../services/node/engine/request.ts';
import { refusalStatus } from '../../services/node/refusal-status.ts';
import type { PlannedRequest } from '../../workload/schedule.ts';
import type { Path, SimulatedParts } from './simulated-parts.ts';
import { requestBytes, responseBytes, TRAILERS_BYTES } from './wire-size.ts';

/** Called at the router with what comes back over the path of an attempt. */
interface AttemptListener {
  onTokens(count: number, atMs: Ms): void;
  onEnd(ending: Ending, atMs: Ms): void;
}

/** One attempt of a simulated call: over a path to an engine and back. */
export class SimulatedAttempt implements EngineListener {
  readonly #attempt: Attempt;
  readonly #planned: PlannedRequest;
  readonly #parts: SimulatedParts;
  readonly #listener: AttemptListener;
  readonly #path: Path;
  readonly #engine: Engine;
  #generated = 0;

  constructor(attempt: Attempt, planned: PlannedRequest, parts: SimulatedParts, listener: AttemptListener) {
    this.#attempt = attempt;
    this.#planned = planned;
    this.#parts = parts;
    this.#listener = listener;
    this.#path = parts.paths[attempt.endpoint]!;
    this.#engine = parts.engineOf[attempt.endpoint]!;
  }

  send(deadlineAtMs: Ms): void {
    this.#path.forward.send(requestBytes(this.#planned.promptTokens), (atMs) => this.#serve(deadlineAtMs, atMs));
  }

  cancel(): void {
    this.#engine.cancel(this.#planned.id);
  }

  onScheduled(atMs: Ms): void {
    this.#parts.emit({ kind: 'scheduled', atMs, ...this.#served() });
  }

  onTokens(count: number): void {
    this.#generated += count;
    this.#path.back.send(responseBytes(count), (atMs) => this.#listener.onTokens(count, atMs));
  }

  onEnd(end: EngineEnd, atMs: Ms): void {
    this.#emitServed(end === 'answered' || end === 'cancelled' ? end : 'failed', atMs);
    if (this.#attempt.hasEnded || end === 'expired') return; // client, router and node each watch the deadline
    const said = { report: this.#engine.report(atMs), pushbackMs: null };
    const message = `${this.#engine.name} broke off the answer`;
    this.#answer(
      end === 'failed' ? endingByNode(grpcStatus.unavailable, { message, ...said }) : endingByNode(grpcStatus.ok, said),
    );
  }

  #serve(deadlineAtMs: Ms, atMs: Ms): void {
    if (this.#attempt.hasEnded) return;
    const engine = this.#engine;
    this.#parts.emit({ kind: 'received', atMs, ...this.#served() });
    const submission = engine.submit({ ...this.#planned, deadlineAtMs }, this);
    if (submission.kind === 'accepted') return;
    this.#emitServed('refused', atMs);
    const { code, details: message } = refusalStatus(submission, this.#planned, engine);
    this.#answer(endingByNode(code, { message, report: engine.report(atMs), pushbackMs: submission.retryAfterMs }));
  }

  #answer(ending: Ending): void {
    this.#path.back.send(TRAILERS_BYTES, (atMs) => this.#listener.onEnd(ending, atMs));
  }

  #emitServed(outcome: Outcome, atMs: Ms): void {
    this.#parts.emit({ kind: 'served', atMs, ...this.#served(), outcome, tokens: this.#generated });
  }

  #served(): { readonly request: number; readonly attempt: number; readonly node: string } {
    return { request: this.#planned.id, attempt: this.#attempt.number, node: this.#engine.name };
  }
}
