import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';

/**
 * The HTTP/2 streams of one method that are open in one node. grpc-js shows nobody its streams and cannot reset one, but
 * Node tells of every stream that a server begins; in whose connection, the asynchronous context says.
 */
export class OpenAnswers {
  readonly #path: string;
  readonly #streams = new Set<ServerHttp2Stream>();
  #resetCode: number | null = null;

  constructor(path: string) {
    this.#path = path;
    if (isListening) return;
    isListening = true;
    subscribe('http2.server.stream.created', (message) => {
      const { stream, headers } = message as { stream: ServerHttp2Stream; headers: IncomingHttpHeaders };
      owner.getStore()?.add(stream, headers);
    });
  }

  /** Runs `connect`, which begins an HTTP/2 session: its streams are watched. */
  watch(connect: () => void): void {
    owner.run(this, connect);
  }

  /** Resets what is open, and what comes until `stopReset`, with an HTTP/2 error code. */
  reset(code: number): void {
    this.#resetCode = code;
    for (const stream of this.#streams) stream.close(code);
  }

  stopReset(): void {
    this.#resetCode = null;
  }

  private add(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    if (headers[':path'] !== this.#path) return;
    this.#streams.add(stream);
    stream.on('close', () => this.#streams.delete(stream));
    const code = this.#resetCode;
    if (code !== null) setImmediate(() => stream.close(code)); // not before grpc-js has heard of it
  }
}

const owner = new AsyncLocalStorage<OpenAnswers>();

let isListening = false;
