import type { Ms } from '../../core/time/clock.ts';
import type { Lane } from '../../netem/links/model/link-emulator.ts';
import type { Recipient } from '../../netem/links/transport/deliveries.ts';

/** One direction of a path, as calls use it. */
export interface Crossing {
  /** Sends a message of `bytes`; `deliver` gets the instant when it is there. Only an ideal transport has lanes. */
  send(bytes: number, deliver: (dueMs: Ms) => void, lane?: Lane): void;
  /** Sends a message without an event: `recipient` hears when it will be there as soon as that is known. */
  tell(bytes: number, recipient: Recipient, lane?: Lane): void;
  /** When a message of `bytes` that is sent at `atMs` will arrive, if nothing is lost; an ideal transport takes all for small. */
  arrivalMs(atMs: Ms, bytes: number): Ms;
}

/** Both directions of a connection: what is sent over it stays on it, also when the path has a new one. */
export interface Connected {
  readonly forward: Crossing;
  readonly back: Crossing;
}

/** A path, playing. */
export interface Path {
  /** The connection over it of now. Who sends several messages that belong together takes it once. */
  readonly connection: Connected;
}

/** A path whose connection can be made anew. */
export interface ConnectedPath extends Path {
  /** Makes a new connection, which takes over when it is there: `done` is called then. */
  connect(done: () => void): void;
  /** Has a new connection take over, because the old one may send ever more seldom; not while one is being made. */
  renew(): void;
}
