import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  status,
} from '@grpc/grpc-js';

export interface RequestLimits {
  /** Of the headers of one request, names and values. */
  readonly headerBytes: number;
  /** Of one request to any method except those that take prompts, over all its messages. */
  readonly smallRequestBytes: number;
  /** Of all open requests of one connection, and of the node: headers until the end, messages until the last is complete. */
  readonly connectionBytes: number;
  readonly nodeBytes: number;
  readonly connectionStreams: number;
  readonly nodeStreams: number;
  /** Time from the first byte of a request until it is complete. */
  readonly wholeWithinMs: number;
}

/**
 * Limits the memory that requests to a node may take before they are served. grpc-js keeps the received part of a message, of
 * every stream, without a total limit. So a node counts what arrives, and refuses a request that would be too much with
 * RESOURCE_EXHAUSTED. Only that request is refused: its connection stays open.
 *
 * A compressed message can grow to a thousand times its size, so none is accepted (UNIMPLEMENTED).
 */
export class RequestBounds {
  readonly #limits: RequestLimits;
  readonly #promptPath: string;
  readonly #trailers: () => Metadata;
  readonly #connections = new WeakMap<object, Held>();
  readonly #node: Held = { bytes: 0, streams: 0 };
  #refused = 0;
  /** The call that grpc-js made of the stream that has just begun. */
  #newest: ServerInterceptingCallInterface | null = null;

  /** `trailers` go with every refusal. */
  constructor(options: {
    readonly promptPath: string;
    readonly trailers: () => Metadata;
    readonly limits?: Partial<RequestLimits>;
  }) {
    this.#promptPath = options.promptPath;
    this.#trailers = options.trailers;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
  }

  /** The memory that open requests take now, and how many requests were refused so far. */
  get counts(): { readonly heldBytes: number; readonly openStreams: number; readonly refused: number } {
    return { heldBytes: this.#node.bytes, openStreams: this.#node.streams, refused: this.#refused };
  }

  /** For the server whose streams are added: the call itself is refused, so that grpc-js knows that it has ended. */
  readonly interceptor: ServerInterceptor = (_method, call) => {
    this.#newest = call;
    return new ServerInterceptingCall(call);
  };

  /** A stream has begun, and grpc-js has just taken it. */
  add(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const call = this.#newest;
    this.#newest = null;
    const { session } = stream;
    if (session === undefined || stream.closed) return;
    if (call === null) {
      endSoon(stream); // an unknown method: it is answered, and the rest of its data is not read
      return;
    }
    const connection = this.#connections.get(session) ?? { bytes: 0, streams: 0 };
    this.#connections.set(session, connection);
    const holders = [connection, this.#node];
    const limits = this.#limits;
    const headerBytes = bytesOf(headers);
    const isPrompt = headers[':path'] === this.#promptPath;
    const weight = isPrompt ? 1 : ANSWER_WEIGHT;
    let messageBytes = 0;

    const take = (bytes: number, streams = 0): void => {
      for (const holder of holders) {
        holder.bytes += bytes;
        holder.streams += streams;
      }
    };
    const overfull = (): string | null => {
      if (!isPrompt && messageBytes > limits.smallRequestBytes)
        return `its messages are over ${limits.smallRequestBytes} bytes`;
      if (connection.bytes > limits.connectionBytes)
        return 'its connection holds too many bytes of incomplete requests';
      if (this.#node.bytes > limits.nodeBytes) return 'the node holds too many bytes of incomplete requests';
      if (connection.streams > limits.connectionStreams) return 'its connection has too many requests open';
      return this.#node.streams > limits.nodeStreams ? 'the node has too many requests open' : null;
    };
    const refuse = (code: number, details: string): void => {
      if (stream.closed || stream.destroyed) return;
      this.#refused++;
      forget();
      if (stream.headersSent) {
        stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
        return;
      }
      call.sendStatus({ code, details, metadata: this.#trailers() });
      endSoon(stream);
    };
    const refuseOverfull = (): void => {
      const why = overfull();
      if (why !== null) refuse(status.RESOURCE_EXHAUSTED, why);
    };
    const isWhole = (): void => {
      clearTimeout(waiting);
      stream.off('data', onData);
      take(-messageBytes * weight);
      messageBytes = 0;
    };
    const onData = (chunk: Buffer): void => {
      messageBytes += chunk.length;
      take(chunk.length * weight);
      refuseOverfull();
    };
    const waiting = setTimeout(() => {
      refuse(status.RESOURCE_EXHAUSTED, `it was not complete after ${limits.wholeWithinMs / 1000} s`);
    }, limits.wholeWithinMs).unref();

    const forget = (): void => {
      isWhole();
      take(-held.bytes, -held.streams);
      held.bytes = held.streams = 0;
    };
    const held = { bytes: headerBytes, streams: 1 };
    take(held.bytes, held.streams);
    stream.once('close', forget);
    if (isPrompt) stream.once('end', isWhole);
    else stream.once('end', () => clearTimeout(waiting)); // its answers may wait for a reader until it is closed
    if (headerBytes > limits.headerBytes) {
      refuse(status.RESOURCE_EXHAUSTED, `its headers are over ${limits.headerBytes} bytes`);
    } else if ((headers['grpc-encoding'] ?? 'identity') !== 'identity') {
      refuse(status.UNIMPLEMENTED, `grpc-encoding is ${headers['grpc-encoding']}, expected identity`);
    } else {
      refuseOverfull();
    }
    if (held.streams > 0) stream.on('data', onData);
  }
}

interface Held {
  bytes: number;
  streams: number;
}

const bytesOf = (headers: IncomingHttpHeaders): number => {
  let bytes = 0;
  for (const [name, value] of Object.entries(headers)) bytes += name.length + String(value).length;
  return bytes;
};

/**
 * Drops further data on a stream that has its status, and ends the stream if the client has not. Not at once: a reset
 * overtakes bytes that have not been written.
 */
const endSoon = (stream: ServerHttp2Stream): void => {
  stream.resume();
  const ending = setTimeout(() => stream.close(constants.NGHTTP2_NO_ERROR), WRITTEN_MS).unref();
  stream.once('close', () => clearTimeout(ending));
};

const WRITTEN_MS = 100;

/** A reflection request has 30 bytes, but its answer is a file of 5 kB that waits until the client reads it. */
const ANSWER_WEIGHT = 200;

/** A quarter of the memory that a node has in its container, in all; half of that for the one connection of a router. */
const DEFAULT_LIMITS: RequestLimits = {
  headerBytes: 16_384,
  smallRequestBytes: 16_384,
  connectionBytes: 24 << 20,
  nodeBytes: 48 << 20,
  // More than `MAX_OPEN_CALLS` of one method, which refuses with a hint first.
  connectionStreams: 17_000,
  nodeStreams: 18_000,
  wholeWithinMs: 60_000,
};
