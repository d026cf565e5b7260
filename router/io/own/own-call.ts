import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';

/** A call to one of the router's own services, as a data path passes it on. */
export interface OwnCall {
  /** A piece of its body, which nobody may change from now on; `onTaken` is called once there is room for as much again. */
  send(bytes: Buffer, onTaken: () => void): void;
  /** The body is whole. */
  endBody(): void;
  /** The client takes no more for now, or takes more again. */
  pause(): void;
  resume(): void;
  /** The client has left. Nothing of the answer is told any more. */
  cancel(): void;
}

/** Who hears the answer: the head once, then pieces of the body, then the trailers. */
export interface OwnCaller {
  /** `isWhole`: there is nothing behind it. */
  onAnswer(headers: OutgoingHttpHeaders, isWhole: boolean): void;
  onAnswerData(bytes: Buffer): void;
  onAnswerEnd(trailers: OutgoingHttpHeaders): void;
}

/** What answers calls inside the router. */
export interface OwnService {
  /** Whether it answers for a service, by its full name. */
  has(service: string): boolean;
  /** Takes a call. The caller hears nothing before this returns. */
  open(headers: IncomingHttpHeaders, caller: OwnCaller): OwnCall;
  /** Resolves when what it had to say before has left it. */
  settled(): Promise<void>;
  /** Ends every open call, such as a health watch, which would never end by itself. */
  close(): void;
}
