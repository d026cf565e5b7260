import { type ClientHttp2Stream, constants, type IncomingHttpHeaders } from 'node:http2';
import type { Attempt } from '../attempt/attempt.ts';
import type { Http2Upstream } from './http2-upstream.ts';

/** The stream of one attempt to a node, over node:http2. */
export class NodeStream {
  readonly attempt: Attempt;
  readonly node: ClientHttp2Stream;
  /** What has come of its answer. */
  answer: IncomingHttpHeaders | null = null;
  trailers: IncomingHttpHeaders | null = null;
  readonly #upstream: Http2Upstream;
  #isLeft = false;

  constructor(attempt: Attempt, node: ClientHttp2Stream, upstream: Http2Upstream) {
    this.attempt = attempt;
    this.node = node;
    this.#upstream = upstream;
  }

  /** Nothing of it is told any more. It may still emit events. */
  get isLeft(): boolean {
    return this.#isLeft;
  }

  /** It has ended. A node may answer before it has the whole body: the rest is not sent to it, and the stream would stay open. */
  leave(): void {
    this.#isLeft = true;
    if (!this.node.writableEnded) this.#reset();
  }

  /** Ends it. */
  cancel(): void {
    this.#isLeft = true;
    this.#reset();
  }

  #reset(): void {
    const { node } = this;
    if (node.closed || node.destroyed) return;
    this.#upstream.countReset(node);
    node.close(constants.NGHTTP2_CANCEL);
  }
}
