import type { Ms } from '../../core/time/clock.ts';
import type { Lane } from '../../netem/links/model/link-emulator.ts';
import type { Recipient } from '../../netem/links/transport/deliveries.ts';
import type { Connected, Crossing, Path } from './crossing.ts';

/** Lets everything pass, or, while it is shut, nothing: what comes then waits for its opening. */
export class NodeGate {
  isShut = false;
  readonly #held: ((nowMs: Ms) => void)[] = [];

  shut(): void {
    this.isShut = true;
  }

  open(nowMs: Ms): void {
    this.isShut = false;
    for (const pass of this.#held.splice(0)) pass(nowMs);
  }

  /** `pass` is called with the instant of the opening. */
  hold(pass: (nowMs: Ms) => void): void {
    this.#held.push(pass);
  }

  /** Lets `enter` pass now, or when it opens. */
  pass(enter: (nowMs: Ms) => void, nowMs: Ms): void {
    if (this.isShut) this.hold(enter);
    else enter(nowMs);
  }

  /** What waits never passes. */
  forget(): void {
    this.#held.length = 0;
  }
}

/** A path to a node with a gate: what arrives there, and what is sent back from there, passes through it. */
export class GatedPath implements Path {
  readonly #path: Path;
  readonly #gate: NodeGate;
  #known: Connected;
  #gated: Connected;

  constructor(path: Path, gate: NodeGate) {
    this.#path = path;
    this.#gate = gate;
    this.#known = path.connection;
    this.#gated = gated(this.#known, gate);
  }

  get connection(): Connected {
    const { connection } = this.#path;
    if (connection !== this.#known) {
      this.#known = connection;
      this.#gated = gated(connection, this.#gate);
    }
    return this.#gated;
  }
}

const gated = ({ forward, back }: Connected, gate: NodeGate): Connected => ({
  forward: new GatedArrivals(forward, gate),
  back: new GatedAnswers(back, gate),
});

class GatedArrivals implements Crossing {
  readonly #forward: Crossing;
  readonly #gate: NodeGate;

  constructor(forward: Crossing, gate: NodeGate) {
    this.#forward = forward;
    this.#gate = gate;
  }

  send(bytes: number, deliver: (dueMs: Ms) => void, lane?: Lane): void {
    const gate = this.#gate;
    this.#forward.send(bytes, (dueMs) => gate.pass(deliver, dueMs), lane);
  }

  /** When it is at the gate: who acts on it then has to pass it. */
  tell(bytes: number, recipient: Recipient, lane?: Lane): void {
    this.#forward.tell(bytes, recipient, lane);
  }

  arrivalMs(atMs: Ms, bytes: number): Ms {
    return this.#forward.arrivalMs(atMs, bytes);
  }
}

class GatedAnswers implements Crossing {
  readonly #back: Crossing;
  readonly #gate: NodeGate;

  constructor(back: Crossing, gate: NodeGate) {
    this.#back = back;
    this.#gate = gate;
  }

  send(bytes: number, deliver: (dueMs: Ms) => void, lane?: Lane): void {
    if (this.#gate.isShut) this.#gate.hold(() => this.#back.send(bytes, deliver, lane));
    else this.#back.send(bytes, deliver, lane);
  }

  tell(bytes: number, recipient: Recipient, lane?: Lane): void {
    if (this.#gate.isShut) this.#hold(bytes, recipient, lane);
    else this.#back.tell(bytes, recipient, lane);
  }

  arrivalMs(atMs: Ms, bytes: number): Ms {
    return this.#back.arrivalMs(atMs, bytes);
  }

  // Not in `tell`: a method with a function in it allocates whenever it is called.
  #hold(bytes: number, recipient: Recipient, lane?: Lane): void {
    this.#gate.hold(() => this.#back.tell(bytes, recipient, lane));
  }
}
