import type { Outcome } from '../../core/event/event.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { Recipient } from '../../netem/links/transport/deliveries.ts';
import type { Attempt } from '../../router/attempt/attempt.ts';
import { type Ending, endingByNode, endingWithoutStatus } from '../../router/attempt/ending.ts';
import { grpcStatus, statusOfReset } from '../../router/attempt/grpc-status.ts';
import type { EngineEnd, EngineListener } from '../../services/node/engine/request.ts';
import { refusalStatus } from '../../services/node/refusal-status.ts';
import type { PlannedRequest } from '../../workload/schedule.ts';
import type { AccessPath, AtRouter } from './access-path.ts';
import type { Connected } from './crossing.ts';
import type { OpenAtNode, SimulatedNode } from './simulated-node.ts';
import type { SimulatedParts } from './simulated-parts.ts';
import { requestBytesOf, TCP_BYTES, TOKEN_BYTES, TRAILERS_BYTES } from './wire-size.ts';

/** Called at the router with what comes back over the path of an attempt. */
interface AttemptListener {
  /** The way of its users to the router. */
  readonly access: AccessPath;
  onFirstToken(attempt: Attempt, atMs: Ms): void;
  /** Each one, the first included; in order, but perhaps later than at `atMs`. */
  onToken(attempt: Attempt, atMs: Ms): void;
  onEnd(attempt: Attempt, ending: Ending, atMs: Ms): void;
}

/**
 * One attempt of a simulated call: over a path to an engine and back. Its first token and its end are events at the router.
 *
 * Hot path: a token allocates nothing, here and in what it calls.
 */
export class SimulatedAttempt implements EngineListener, OpenAtNode, Recipient, AtRouter {
  readonly isDecision = false;
  readonly #attempt: Attempt;
  readonly #planned: PlannedRequest;
  readonly #parts: SimulatedParts;
  readonly #listener: AttemptListener;
  /** The one that it was sent over: its answer comes back over it. */
  readonly #connection: Connected;
  readonly #node: SimulatedNode;
  /** Its number in the engine. Both attempts of a request may be at one node, over two paths: the second is behind the first there. */
  readonly #idAtNode: number;
  #generated = 0;
  /** It is known when the first token comes to the router. */
  #isExpected = false;
  /** Its stream or connection has ended: what the engine still says of it goes nowhere. */
  #isLost = false;
  /** What is on its way to the router goes nowhere either. */
  #isCut = false;

  constructor(attempt: Attempt, planned: PlannedRequest, parts: SimulatedParts, listener: AttemptListener) {
    this.#attempt = attempt;
    this.#planned = planned;
    this.#parts = parts;
    this.#listener = listener;
    this.#connection = parts.paths[attempt.endpoint]!.connection;
    this.#node = parts.nodeOf[attempt.endpoint]!;
    this.#idAtNode = planned.id + (attempt.cause === 'hedge' ? 0.5 : 0);
  }

  send(deadlineAtMs: Ms): void {
    const { forward, back } = this.#connection;
    const bytes = requestBytesOf(this.#planned);
    const { flights, clock } = this.#parts;
    flights?.left(this.#node.engine.name, this.#planned, {
      atMs: forward.arrivalMs(clock.now(), bytes),
      back: (madeAtMs) => back.arrivalMs(madeAtMs, TOKEN_BYTES),
    });
    forward.send(bytes, (atMs) => this.#serve(deadlineAtMs, atMs));
  }

  cancel(): void {
    this.#node.ended(this);
    this.#node.engine.cancel(this.#idAtNode);
  }

  get endpoint(): number {
    return this.#attempt.endpoint;
  }

  isOf(attempt: Attempt): boolean {
    return attempt === this.#attempt;
  }

  /** Both ends of the path know that the connection is gone. */
  cut(): void {
    if (this.#isLost || this.#attempt.hasEnded) return;
    this.#leaveNode();
    this.#listener.onEnd(this.#attempt, CONNECTION_LOST, this.#parts.clock.now());
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
    this.#endAtRouter(TCP_BYTES, CONNECTION_LOST);
  }

  onScheduled(atMs: Ms, cachedTokens: number): void {
    this.#parts.emit({ kind: 'scheduled', atMs, ...this.#served(), ...(cachedTokens > 0 && { cachedTokens }) });
  }

  /** An engine gives a token a step, in a message of its own. */
  onTokens(_count: number, atMs: Ms): void {
    if (this.#generated++ === 0) this.#parts.flights?.began(this.#planned, atMs);
    this.#connection.back.tell(TOKEN_BYTES, this);
  }

  arrives(dueMs: Ms): void {
    if (this.#isExpected) this.#listener.access.comes(dueMs, this);
    else this.#firstArrives(dueMs);
  }

  pass(atMs: Ms): void {
    if (!this.#isCut) this.#listener.onToken(this.#attempt, atMs);
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
    this.#parts.flights?.landed(this.#node.engine.name, this.#planned);
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
    const submission = this.#node.submit({ ...this.#planned, id: this.#idAtNode, deadlineAtMs }, this);
    if (submission.kind === 'accepted') return;
    this.#node.ended(this);
    this.#emitServed('refused', atMs);
    const { code, details: message } = refusalStatus(submission, this.#planned, engine);
    this.#answer(endingByNode(code, { message, report: engine.report(atMs), pushbackMs: submission.retryAfterMs }));
  }

  // Not in `arrives`: a method with a function in it allocates whenever it is called.
  #firstArrives(dueMs: Ms): void {
    this.#isExpected = true;
    this.#listener.access.comesToBeDecided(dueMs, (atMs) => this.#passFirst(atMs));
  }

  #passFirst(atMs: Ms): void {
    if (this.#isCut) return;
    this.#listener.onFirstToken(this.#attempt, atMs);
    this.#listener.onToken(this.#attempt, atMs);
  }

  /** What is on its way and has not come yet goes nowhere. */
  #leaveNode(): void {
    this.#listener.access.advance(this.#parts.clock.now());
    this.#isLost = true;
    this.#isCut = true;
    this.cancel();
  }

  #answer(ending: Ending): void {
    this.#endAtRouter(TRAILERS_BYTES, ending);
  }

  /** Sends the last message to the router, behind those before it. */
  #endAtRouter(bytes: number, ending: Ending): void {
    const { access } = this.#listener;
    const end = (atMs: Ms): void => this.#listener.onEnd(this.#attempt, ending, atMs);
    this.#connection.back.tell(bytes, { arrives: (dueMs) => access.comesToBeDecided(dueMs, end) });
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
