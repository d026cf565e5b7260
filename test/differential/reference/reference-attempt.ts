import type { Outcome } from '../../../core/event/event.ts';
import type { Ms } from '../../../core/time/clock.ts';
import type { Connected } from '../../../hosts/simulate/crossing.ts';
import type { OpenAtNode, SimulatedNode } from '../../../hosts/simulate/simulated-node.ts';
import { requestBytes, TCP_BYTES, TOKEN_BYTES, TRAILERS_BYTES } from '../../../hosts/simulate/wire-size.ts';
import type { Attempt } from '../../../router/attempt/attempt.ts';
import { type Ending, endingByNode, endingWithoutStatus } from '../../../router/attempt/ending.ts';
import { grpcStatus, statusOfReset } from '../../../router/attempt/grpc-status.ts';
import type { EngineEnd, EngineListener } from '../../../services/node/engine/request.ts';
import { refusalStatus } from '../../../services/node/refusal-status.ts';
import type { PlannedRequest } from '../../../workload/schedule.ts';
import type { ReferenceParts } from './reference-parts.ts';

/** Called at the router with what comes back over the path of an attempt. */
interface ReferenceListener {
  onTokens(count: number, atMs: Ms): void;
  onEnd(ending: Ending, atMs: Ms): void;
}

/** One attempt of a call, where every message is an event. */
export class ReferenceAttempt implements EngineListener, OpenAtNode {
  readonly #attempt: Attempt;
  readonly #planned: PlannedRequest;
  readonly #parts: ReferenceParts;
  readonly #listener: ReferenceListener;
  /** The one that it was sent over: its answer comes back over it. */
  readonly #connection: Connected;
  readonly #node: SimulatedNode;
  #generated = 0;
  /** Its stream or connection has ended: what the engine still says of it goes nowhere. */
  #isLost = false;
  /** What is on its way to the router goes nowhere either. */
  #isCut = false;

  constructor(attempt: Attempt, planned: PlannedRequest, parts: ReferenceParts, listener: ReferenceListener) {
    this.#attempt = attempt;
    this.#planned = planned;
    this.#parts = parts;
    this.#listener = listener;
    this.#connection = parts.paths[attempt.endpoint]!.connection;
    this.#node = parts.nodeOf[attempt.endpoint]!;
  }

  send(deadlineAtMs: Ms): void {
    this.#connection.forward.send(requestBytes(this.#planned.promptTokens), (atMs) => this.#serve(deadlineAtMs, atMs));
  }

  /** A second attempt beside the first, at the same node, is behind it. */
  get #idAtNode(): number {
    return this.#planned.id + (this.#attempt.cause === 'hedge' ? 0.5 : 0);
  }

  cancel(): void {
    this.#node.ended(this);
    this.#node.engine.cancel(this.#idAtNode);
  }

  /** Both ends of the path know that the connection is gone. */
  cut(): void {
    if (this.#isLost || this.#attempt.hasEnded) return;
    this.#leaveNode();
    this.#listener.onEnd(CONNECTION_LOST, this.#parts.clock.now());
  }

  reset(): void {
    const code = this.#node.faults.active('rst')?.errorCode ?? 0;
    const message = `the node reset the stream with HTTP/2 code ${code}`;
    this.#leaveNode();
    this.#answer(endingWithoutStatus('node', statusOfReset(code), message));
  }

  lose(): void {
    this.#node.ended(this);
    this.#isLost = true; // the engine crashes too, and says so
    this.#connection.back.send(TCP_BYTES, (atMs) => this.#listener.onEnd(CONNECTION_LOST, atMs));
  }

  onScheduled(atMs: Ms): void {
    this.#parts.emit({ kind: 'scheduled', atMs, ...this.#served() });
  }

  onTokens(count: number): void {
    this.#generated += count;
    this.#connection.back.send(count * TOKEN_BYTES, (atMs) => {
      if (!this.#isCut) this.#listener.onTokens(count, atMs);
    });
  }

  onEnd(end: EngineEnd, atMs: Ms): void {
    this.#emitServed(end === 'answered' || end === 'cancelled' ? end : 'failed', atMs);
    this.#node.ended(this);
    if (this.#isLost || this.#attempt.hasEnded || end === 'expired') return; // client, router and node each watch the deadline
    const said = { report: this.#node.engine.report(atMs), pushbackMs: null };
    const message = `${this.#node.engine.name} broke off the answer`;
    this.#answer(
      end === 'failed' ? endingByNode(grpcStatus.unavailable, { message, ...said }) : endingByNode(grpcStatus.ok, said),
    );
  }

  #serve(deadlineAtMs: Ms, atMs: Ms): void {
    if (this.#attempt.hasEnded) return;
    const node = this.#node;
    if (node.isAway) {
      this.lose();
      return;
    }
    if (node.faults.active('rst') !== null) {
      this.reset();
      return;
    }
    this.#parts.emit({ kind: 'received', atMs, ...this.#served() });
    const code = node.failureCode();
    if (code !== null) {
      this.#emitServed('failed', atMs);
      const said = { report: node.engine.report(atMs), pushbackMs: null };
      this.#answer(endingByNode(code, { message: 'a fault was injected here', ...said }));
      return;
    }
    node.opened(this);
    node.whenServing(() => this.#submit(deadlineAtMs, this.#parts.clock.now()));
  }

  #submit(deadlineAtMs: Ms, atMs: Ms): void {
    if (this.#isLost || this.#attempt.hasEnded) return;
    const { engine } = this.#node;
    const submission = engine.submit({ ...this.#planned, id: this.#idAtNode, deadlineAtMs }, this);
    if (submission.kind === 'accepted') return;
    this.#node.ended(this);
    this.#emitServed('refused', atMs);
    const { code, details: message } = refusalStatus(submission, this.#planned, engine);
    this.#answer(endingByNode(code, { message, report: engine.report(atMs), pushbackMs: submission.retryAfterMs }));
  }

  #leaveNode(): void {
    this.#isLost = true;
    this.#isCut = true;
    this.cancel();
  }

  #answer(ending: Ending): void {
    this.#connection.back.send(TRAILERS_BYTES, (atMs) => this.#listener.onEnd(ending, atMs));
  }

  #emitServed(outcome: Outcome, atMs: Ms): void {
    this.#parts.emit({ kind: 'served', atMs, ...this.#served(), outcome, tokens: this.#generated });
  }

  #served(): { readonly request: number; readonly attempt: number; readonly node: string } {
    return { request: this.#planned.id, attempt: this.#attempt.number, node: this.#node.engine.name };
  }
}

const CONNECTION_LOST = Object.freeze(
  endingWithoutStatus('path', grpcStatus.unavailable, 'the connection to the node was lost'),
);
