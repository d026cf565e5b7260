import type { BytePlan } from './byte-plan.ts';

/** Which method is called, and so of which kind the call is. */
export type CallKind = 'one' | 'collect' | 'expand' | 'talk' | 'missing';

export type Metadatum = readonly [name: string, value: string | Buffer];

export interface ByteCall {
  /** One message for a kind that sends one. */
  readonly messages: readonly Buffer[] | AsyncIterable<Buffer>;
  readonly plan?: BytePlan;
  readonly metadata?: readonly Metadatum[];
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /** Of the service that no server offers. */
  readonly isAbsent?: boolean;
  readonly onMessage?: (message: Buffer) => void;
}

/** What a call came to. */
export interface ByteReply {
  readonly messages: readonly Buffer[];
  /** The values of a name, one after the other. */
  readonly headers: (name: string) => string | Buffer | undefined;
  readonly trailers: (name: string) => string | Buffer | undefined;
  readonly code: number;
  readonly text: string;
}

/** A gRPC client of one library, which calls the byte server. A status that is not OK is an outcome, too. */
export interface ByteClient {
  call(kind: CallKind, call: ByteCall): Promise<ByteReply>;
  close(): void;
}

export interface ByteClientOptions {
  readonly port: number;
  /** Compresses what it sends with gzip. */
  readonly isCompressing?: boolean;
  /** Calls over TLS: whom it trusts, and what the certificate of the router says. */
  readonly tls?: { readonly ca: Buffer; readonly serverName: string };
}

/** How a client of a library is made. */
export type MakeByteClient = (options: ByteClientOptions) => ByteClient;

/** The only message of a call that sends one. */
export const onlyMessage = async (messages: ByteCall['messages']): Promise<Buffer> => {
  for await (const message of messages) return message;
  throw new RangeError('a call of this kind sends one message');
};
