import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';

/** The HTTP/2 streams of one method that are open in one node: grpc-js cannot reset one. */
export class OpenAnswers {
  readonly #path: string;
  readonly #streams = new Set<ServerHttp2Stream>();
  #resetCode: number | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** Resets open streams, and new ones until `stopReset`, with an HTTP/2 error code. */
  reset(code: number): void {
    this.#resetCode = code;
    for (const stream of this.#streams) stream.close(code);
  }

  stopReset(): void {
    this.#resetCode = null;
  }

  /** A stream has begun. */
  add(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    if (headers[':path'] !== this.#path || stream.closed) return;
    this.#streams.add(stream);
    stream.on('close', () => this.#streams.delete(stream));
    if (this.#resetCode !== null) stream.close(this.#resetCode);
  }
}
