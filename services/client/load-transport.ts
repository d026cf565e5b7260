import type { Ms } from '../../core/time/clock.ts';

/** A call as it leaves its client. */
export interface OutgoingCall {
  /** Who calls. */
  readonly client: string;
  /** Headers, by lower-case names; the value of one that ends in `-bin` is base64. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** The request, encoded. */
  readonly message: Uint8Array;
  /** It ends with DEADLINE_EXCEEDED so long after it began. */
  readonly timeoutMs: Ms;
}

/** Hears how a call goes: of messages, then once of its end. Never during `LoadTransport.call`. */
export interface AnswerListener {
  /** A message of the answer is here; one may have no token. */
  onMessage(tokens: number): void;
  /** The call is over, with a gRPC status and what the other side said of it. Nothing comes after it. */
  onEnd(code: number, details: string): void;
}

/** A call that is under way. */
export interface OpenCall {
  /** Ends it. Its listener hears nothing more. */
  cancel(): void;
}

/**
 * How a load generator reaches the routers. Each client has one connection, as one dish or one office has; one that is lost is made anew
 * when there is something to call. A call that finds no connection waits while one is being made, and ends with UNAVAILABLE where that
 * fails. No call is tried again.
 */
export interface LoadTransport {
  /** Connects every client. Rejects with one line when one cannot within `withinMs`. */
  connect(withinMs: Ms): Promise<void>;
  /** Sends a `Generate` call. */
  call(call: OutgoingCall, listener: AnswerListener): OpenCall;
  /** Closes every connection. Calls that are under way are lost, and nobody hears of them. */
  close(): void;
}
