import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from 'node:http2';
import { steadyUnixMs } from '../../../core/time/io/steady-unix.ts';
import type { CallFailure } from '../part-setup.ts';
import { answerBytesOf, requestOf, requestsOf, type SoakCall } from '../soak-call.ts';

export type CallEnd = 'answered' | 'cancelled' | 'left' | 'expired' | { readonly failure: CallFailure };

/** One client of the router: a connection, and the calls over it. */
export class SoakClient {
  readonly #session: ClientHttp2Session;
  #open = 0;
  #hasLeft = false;
  #onIdle: (() => void) | null = null;

  constructor(port: number) {
    this.#session = connect(`http://127.0.0.1:${port}`);
    this.#session.on('error', () => {}); // its streams end, and that is told
  }

  get open(): number {
    return this.#open;
  }

  call(call: SoakCall, onEnd: (end: CallEnd) => void): void {
    const beganAtUnixMs = steadyUnixMs();
    let endpoint: string | null = null;
    let status: string | null = null;
    let bytes = 0;
    let isCancelled = false;
    const failed = (how: string): CallEnd => ({
      failure: { status: how, endpoint, beganAtUnixMs, endedAtUnixMs: steadyUnixMs(), answerBytes: bytes },
    });
    if (this.#session.closed || this.#session.destroyed) {
      onEnd(failed('no connection'));
      return;
    }
    const read = (headers: IncomingHttpHeaders): void => {
      endpoint = (headers['x-starlane-endpoint'] as string | undefined) ?? endpoint;
      status = (headers['grpc-status'] as string | undefined) ?? status;
    };
    const stream = this.#session.request({
      ':method': 'POST',
      ':path': `/soak.Echo/${call.method}`,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...(call.timeoutMs !== null && { 'grpc-timeout': `${call.timeoutMs}m` }),
    });
    this.#open++;
    stream.on('error', () => {});
    stream.on('response', read);
    stream.on('trailers', read);
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (!call.isCancelled || isCancelled) return;
      isCancelled = true;
      stream.close(constants.NGHTTP2_CANCEL);
    });
    stream.once('close', () => {
      this.#open--;
      if (isCancelled) onEnd('cancelled');
      else if (status === '0' && bytes === answerBytesOf(call)) onEnd('answered');
      else if (status === '0') onEnd(failed(`OK after ${bytes} bytes`));
      else if (this.#hasLeft) onEnd('left');
      else if (status === DEADLINE_EXCEEDED && call.timeoutMs !== null) onEnd('expired');
      else onEnd(failed(status ?? `reset ${stream.rstCode}`));
      if (this.#open === 0) this.#onIdle?.();
    });
    send(stream, call);
  }

  /** Closes the connection: at once, with its open calls, or after the last of them. Resolves when none is open. */
  async leave(isAbrupt: boolean): Promise<void> {
    if (isAbrupt) {
      this.#hasLeft = true;
      this.#session.destroy();
    } else if (this.#session.connecting) this.#session.once('connect', () => this.#session.close());
    else this.#session.close();
    if (this.#open > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
  }
}

/** Sends the messages of a call, as long as its stream is open. */
const send = (stream: ClientHttp2Stream, call: SoakCall): void => {
  const message = requestOf(call);
  let left = requestsOf(call);
  const next = (): void => {
    while (!stream.destroyed && !stream.writableEnded) {
      left--;
      if (left === 0) {
        stream.end(message);
        return;
      }
      stream.write(message);
      if (call.gapMs > 0) {
        setTimeout(next, call.gapMs);
        return;
      }
    }
  };
  next();
};

const DEADLINE_EXCEEDED = '4';
