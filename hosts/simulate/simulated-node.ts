import type { EventSink } from '../../core/event/event.ts';
import type { Rng } from '../../core/random/rng.ts';
import type { Clock, Ms } from '../../core/time/clock.ts';
import { RESTART_MS } from '../../scenario/faults-plan.ts';
import type { Fault } from '../../services/node/control/fault.ts';
import { type PlannedNodeFault, playFaults } from '../../services/node/control/fault-timeline.ts';
import { type FaultChange, Faults } from '../../services/node/control/faults.ts';
import type { Submission } from '../../services/node/engine/admission.ts';
import type { Engine } from '../../services/node/engine/engine.ts';
import { type DecodeNode, HandOver } from '../../services/node/engine/hand-over.ts';
import type { EngineListener, EngineRequest } from '../../services/node/engine/request.ts';
import type { Transfer } from '../../services/node/engine/transfer.ts';
import type { Path } from './crossing.ts';
import { GatedPath, NodeGate } from './gated-path.ts';
import type { Connection } from './simulated-connection.ts';

/** A call that is open at a node. */
export interface OpenAtNode {
  /** Its stream is reset. */
  reset(): void;
  /** Its connection is lost. */
  lose(): void;
}

/**
 * A node of a simulated run under its faults: what a live node does to its calls and connections, done to those in memory.
 * Without a fault it is its engine and nothing else.
 */
export class SimulatedNode implements DecodeNode {
  readonly engine: Engine;
  readonly faults: Faults;
  readonly #clock: Clock;
  readonly #emit: EventSink;
  readonly #rng: Rng;
  readonly #connections: readonly Connection[];
  readonly #open = new Set<OpenAtNode>();
  readonly #gate = new NodeGate();
  /** Calls that wait for the end of a hang. */
  readonly #hanging: (() => void)[] = [];
  #isAway = false;
  #handOver: { readonly to: readonly DecodeNode[]; readonly transfer: Transfer } | null = null;

  constructor(options: {
    readonly engine: Engine;
    readonly clock: Clock;
    readonly emit: EventSink;
    /** Which requests fail. */
    readonly rng: Rng;
    /** One for each path to it. */
    readonly connections: readonly Connection[];
    readonly planned: readonly PlannedNodeFault[];
  }) {
    this.engine = options.engine;
    this.#clock = options.clock;
    this.#emit = options.emit;
    this.#rng = options.rng;
    this.#connections = options.connections;
    this.faults = new Faults(options.clock, (change) => this.#apply(change));
    const { clock, planned } = options;
    playFaults({ clock, planned, faults: this, drain: () => this.#drain() });
  }

  /** Whether its process has crashed and is not back. */
  get isAway(): boolean {
    return this.#isAway;
  }

  /** Its process runs, and what it sends leaves it. */
  get isReachable(): boolean {
    return !this.#isAway && !this.#gate.isShut;
  }

  /** From now on its answers go on at one of `to` after their first token. */
  handsOverTo(to: readonly DecodeNode[], transfer: Transfer): void {
    this.#handOver = { to, transfer };
  }

  submit(request: EngineRequest, listener: EngineListener): Submission {
    if (this.#handOver === null || request.outputTokens === 1) return this.engine.submit(request, listener);
    const handedOn = { ...request, isHandedOn: true };
    const { engine: from } = this;
    const handOver = new HandOver({ clock: this.#clock, request: handedOn, listener, from, ...this.#handOver });
    return from.submit(handedOn, handOver);
  }

  /** It answers nobody during a hang, and nothing reaches it during a blackhole. */
  takesOver(): boolean {
    return !this.#isAway && !this.#gate.isShut && this.faults.active('hang') === null;
  }

  begin(fault: Fault, durationMs: Ms): void {
    this.faults.begin(fault, fault.kind === 'crash' ? fault.delayMs + RESTART_MS : durationMs);
  }

  /** A path whose far end is at this node: no byte enters or leaves during a blackhole, and none is lost. */
  gated(path: Path): Path {
    return new GatedPath(path, this.#gate);
  }

  /** Something is at its gate that was told to come: calls `enter` now, or when a blackhole is over. */
  reached(enter: (nowMs: Ms) => void, nowMs: Ms): void {
    this.#gate.pass(enter, nowMs);
  }

  opened(call: OpenAtNode): void {
    this.#open.add(call);
  }

  ended(call: OpenAtNode): void {
    this.#open.delete(call);
  }

  /** The status code that a request which arrives now fails with, or null. */
  failureCode(): number | null {
    const failing = this.faults.active('fail');
    return failing !== null && this.#rng.next() < failing.share ? failing.code : null;
  }

  /** Calls `serve` now, or when a hang has ended. */
  whenServing(serve: () => void): void {
    if (this.faults.active('hang') === null) serve();
    else this.#hanging.push(serve);
  }

  #apply({ fault, state, atMs }: FaultChange): void {
    const { engine } = this;
    const began = state === 'began';
    this.#emit({ kind: 'injected', atMs, node: engine.name, fault: fault.kind, state });
    switch (fault.kind) {
      case 'slow':
        engine.pace(began ? fault.factor : 1);
        break;
      case 'power-cap':
        engine.capPowerW?.(began ? fault.watts : null);
        break;
      case 'hang':
        if (!began) for (const serve of this.#hanging.splice(0)) serve();
        break;
      case 'blackhole':
        if (began) this.#gate.shut();
        else this.#gate.open(atMs);
        break;
      case 'rst':
        if (began) for (const call of [...this.#open]) call.reset();
        break;
      case 'goaway':
        if (began) for (const connection of this.#connections) connection.renew();
        break;
      case 'crash':
        if (began) this.#crash();
        else this.#restart();
        break;
    }
  }

  #drain(): void {
    const { engine } = this;
    this.#emit({ kind: 'injected', atMs: this.#clock.now(), node: engine.name, fault: 'drain', state: 'began' });
    engine.drain();
  }

  #crash(): void {
    this.#isAway = true;
    this.#gate.forget();
    this.#hanging.length = 0;
    for (const connection of this.#connections) connection.loseAtNode();
    for (const call of [...this.#open]) call.lose();
    this.engine.crash();
  }

  #restart(): void {
    this.#isAway = false;
    for (const connection of this.#connections) connection.restore();
  }
}
