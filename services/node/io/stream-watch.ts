import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';

export type OnStream = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

/**
 * Reports each HTTP/2 stream that begins in the connections of one node, after grpc-js has taken it. grpc-js gives no access to
 * its sessions, but Node reports every stream that a server begins; the asynchronous context says in whose connection.
 */
export class StreamWatch {
  readonly #onStream: OnStream;
  readonly #sessions = new WeakSet<ServerHttp2Session>();

  constructor(onStream: OnStream) {
    this.#onStream = onStream;
    if (isListening) return;
    isListening = true;
    subscribe('http2.server.stream.created', (message) => {
      const { session } = (message as { readonly stream: ServerHttp2Stream }).stream;
      if (session !== undefined) owner.getStore()?.follow(session as ServerHttp2Session);
    });
  }

  /** Runs `connect`, which begins an HTTP/2 session: its streams are watched. */
  watch(connect: () => void): void {
    owner.run(this, connect);
  }

  /** Called at its first stream, before that is reported: listeners run in order, the one of grpc-js first. */
  private follow(session: ServerHttp2Session): void {
    if (this.#sessions.has(session)) return;
    this.#sessions.add(session);
    session.on('stream', this.#onStream);
  }
}

const owner = new AsyncLocalStorage<StreamWatch>();

let isListening = false;
