import type { Ms } from '../../core/time/clock.ts';
import type { Attempt } from './attempt.ts';

/** The status that a client gets for its request. */
export interface Status {
  /** A gRPC status code. */
  readonly code: number;
  /** One line for a person; left out where the code says it all. */
  readonly message?: string;
  /** How long the router asks the client not to send it again; left out where it does not ask. */
  readonly pushbackMs?: Ms;
  /** Whether the node of the last attempt sent it, or the router. */
  readonly by: 'node' | 'router';
}

/**
 * What a host does for one request: it moves bytes and decides nothing. The simulator and the live data path each implement
 * it; `RoutedRequest` calls it.
 */
export interface Wire {
  /** Whether the request can be sent again: a long body is not kept. */
  readonly canReplay: boolean;
  /**
   * Sends the request to the endpoint of the attempt. False where there is no connection: then nothing was sent. Another attempt may be
   * open; its bytes go on until it ends or is cancelled.
   */
  open(attempt: Attempt): boolean;
  /** Ends the attempt at its node, where it is open. Nothing more of it may reach the client. */
  cancel(attempt: Attempt): void;
  /** From now on this attempt's bytes are the answer. Called once at most, before its first byte leaves. */
  commit(attempt: Attempt): void;
  /**
   * Has `RoutedRequest.onWake` called at that time of the router's clock: never early, once, and never after the end of the request. A later
   * call counts instead of the one before; Infinity for not at all.
   */
  wakeAt(atMs: Ms): void;
  /** Tells the client how its request ended. Called once at most, and last. */
  finish(status: Status): void;
}
