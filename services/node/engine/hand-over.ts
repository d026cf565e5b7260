import type { Cancel, Clock, Ms } from '../../../core/time/clock.ts';
import type { Engine } from './engine.ts';
import type { EngineEnd, EngineListener, EngineRequest, ReceivingListener } from './request.ts';
import type { Transfer } from './transfer.ts';

/** A node that decodes what others have begun. */
export interface DecodeNode {
  readonly engine: Engine;
  /** Whether it can be asked now. */
  takesOver(): boolean;
  /** Calls `leave` now, or when its bytes may leave it again. */
  reached(leave: (nowMs: Ms) => void, nowMs: Ms): void;
}

export interface HandOverOptions {
  readonly clock: Clock;
  /** Given to `from` with `isHandedOn`, and this object as its listener. */
  readonly request: EngineRequest;
  /** Hears of all its tokens, whoever gives them. */
  readonly listener: EngineListener;
  readonly from: Engine;
  /** The least loaded of those that accept it gets it. */
  readonly to: readonly DecodeNode[];
  readonly transfer: Transfer;
}

/**
 * An answer by two engines: `from` computes the prompt and gives the first token, one of `to` gives the others once the KV entries
 * are there. Tokens come back by `from`, which adds the delay between the two to each. Where nobody in `to` accepts it, or `from` had to
 * preempt it, `from` goes on by itself.
 *
 * The request is open at `from` to its end: its deadline, its cancellation and the death of either engine end it.
 */
export class HandOver implements EngineListener {
  readonly #options: HandOverOptions;
  #decode: Decode | null = null;
  #isAsked = false;
  #hasEnded = false;

  constructor(options: HandOverOptions) {
    this.#options = options;
  }

  onQueued(atMs: Ms): void {
    this.#options.listener.onQueued?.(atMs);
  }

  onScheduled(atMs: Ms, cachedTokens: number): void {
    this.#options.listener.onScheduled(atMs, cachedTokens);
  }

  onTokens(count: number, atMs: Ms): void {
    this.#options.listener.onTokens(count, atMs);
    if (this.#isAsked || this.#hasEnded) return;
    this.#isAsked = true;
    this.#ask();
  }

  onEnd(end: EngineEnd, atMs: Ms): void {
    this.#hasEnded = true;
    this.#decode?.stop();
    this.#options.listener.onEnd(this.#decode?.end ?? end, atMs);
  }

  #ask(): void {
    const { from, to, request, clock } = this.#options;
    if (from.mayDepart(request.id)) {
      for (const node of leastLoadedFirst(to, clock.now())) {
        if (!node.takesOver()) continue;
        const decode = new Decode(node, this.#options);
        if (!decode.isAccepted) continue;
        this.#decode = decode;
        from.depart(request.id);
        return;
      }
    }
    from.stay(request.id);
  }
}

/** The part of an answer at the decode node. What it tells reaches the other node after the delay between the two. */
class Decode implements ReceivingListener {
  readonly isAccepted: boolean;
  /** How it ended there, once the other node knows; undefined before. */
  end: EngineEnd | undefined;
  readonly #node: DecodeNode;
  readonly #options: HandOverOptions;
  /** Its number there, where the request itself may be open, too. */
  readonly #id: number | null;
  readonly #leave = (nowMs: Ms): void => this.#after(nowMs, this.#arrive);
  readonly #arrive = (atMs: Ms): void => {
    if (!this.#isStopped) this.#options.listener.onTokens(1, atMs);
  };
  #isStopped = false;
  #stopTransfer: Cancel | null = null;

  constructor(node: DecodeNode, options: HandOverOptions) {
    this.#node = node;
    this.#options = options;
    this.#id = node.engine.receive(options.request, this);
    this.isAccepted = this.#id !== null;
  }

  onRoom(cachedTokens: number, atMs: Ms): void {
    const { clock, transfer, request, from } = this.#options;
    const arrivalMs = transfer.arrivalMs(atMs, request.promptTokens - cachedTokens);
    this.#stopTransfer = clock.at(arrivalMs, (dueMs) => {
      from.release(request.id);
      this.#node.engine.join(this.#id!, dueMs);
    });
  }

  onScheduled(): void {} // its queueing is over: the other node has told of it

  onTokens(_count: number, atMs: Ms): void {
    this.#node.reached(this.#leave, atMs);
  }

  onEnd(end: EngineEnd, atMs: Ms): void {
    if (this.#isStopped) return;
    this.#stopTransfer?.();
    const tell = (): void => {
      if (this.#isStopped) return;
      this.end = end;
      this.#options.from.cancel(this.#options.request.id); // which ends it, as it ended here
    };
    // A process that ends closes its connections, whatever holds its bytes.
    if (end === 'failed') this.#after(atMs, tell);
    else this.#node.reached((nowMs) => this.#after(nowMs, tell), atMs);
  }

  /** The other node has ended the request. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#stopTransfer?.();
    const { clock } = this.#options;
    this.#after(clock.now(), () => this.#node.engine.cancel(this.#id!));
  }

  #after(nowMs: Ms, fn: (atMs: Ms) => void): void {
    const { clock, transfer } = this.#options;
    if (transfer.delayMs === 0) fn(nowMs);
    else clock.at(nowMs + transfer.delayMs, fn);
  }
}

/** By 4 * waiting + running, as vLLM chooses among its replicas; the first of equals. */
const leastLoadedFirst = (nodes: readonly DecodeNode[], nowMs: Ms): readonly DecodeNode[] =>
  nodes.length === 1
    ? nodes
    : nodes
        .map((node) => ({ node, report: node.engine.report(nowMs) }))
        .sort((a, b) => 4 * (a.report.waiting - b.report.waiting) + a.report.running - b.report.running)
        .map(({ node }) => node);
