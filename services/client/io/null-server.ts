import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { create, toBinary } from '@bufbuild/protobuf';
import type { Clock, Ms } from '../../../core/time/clock.ts';
import { GenerateResponseSchema } from '../../../proto/gen/starlane/inference/v1/inference_pb.js';
import { encodeFields } from '../../../router/http2/hpack/hpack-encoder.ts';
import { type KnownBlocks, newKnownBlocks } from '../../../router/http2/known-blocks.ts';
import { Flusher } from '../../../router/io/frame-proxy/flusher.ts';
import { FrameSession } from '../../../router/io/frame-proxy/frame-session.ts';
import type { StreamListener } from '../../../router/io/frame-proxy/stream-listener.ts';
import { countIn } from '../../../router/io/header-view.ts';

export interface NullServerOptions {
  readonly clock: Clock;
  /** When the first message comes, after all of a request is there. */
  readonly firstMs: Ms;
  /** How many messages an answer has: one, or as many as the tokens that the request may have. */
  readonly messages: 'one' | 'bound';
  /** From one message to the next. */
  readonly everyMs: Ms;
}

/**
 * A server of `Generate` that computes nothing: what a client measures of it beyond `firstMs` is the client and the loopback. It answers
 * any call with messages of one token.
 */
export class NullServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, options: NullServerOptions) {
    this.#server = server;
    const shared = { flusher: new Flusher(), blocks: newKnownBlocks(1 << 18), options };
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      new NullSession(socket, shared);
    });
  }

  /** Listens on the loopback, at a port that the system chooses. */
  static async listen(options: NullServerOptions): Promise<NullServer> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port: 0, host: '127.0.0.1' }, resolve);
    });
    return new NullServer(server, options);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

interface SharedBySessions {
  readonly flusher: Flusher;
  readonly blocks: KnownBlocks;
  readonly options: NullServerOptions;
}

class NullSession extends FrameSession {
  readonly #options: NullServerOptions;

  constructor(socket: Socket, { flusher, blocks, options }: SharedBySessions) {
    super('server', { socket, flusher, blocks });
    this.#options = options;
  }

  protected onRequest(stream: number, fields: Parameters<StreamListener['onHead']>[0], isLast: boolean): void {
    const bound = countIn(fields.value('x-max-output-tokens')) ?? 1;
    const answer = new NullAnswer(this, stream, this.#options, this.#options.messages === 'one' ? 1 : bound);
    this.listen(stream, answer);
    if (isLast) answer.onEnd();
  }

  protected onSettings(): void {}
  protected onRoom(): void {}
  protected onGone(): void {}
  onGoaway(): void {}
  onPong(): void {}
}

class NullAnswer implements StreamListener {
  readonly #session: NullSession;
  readonly #stream: number;
  readonly #options: NullServerOptions;
  #left: number;
  #isOver = false;

  constructor(session: NullSession, stream: number, options: NullServerOptions, messages: number) {
    this.#session = session;
    this.#stream = stream;
    this.#options = options;
    this.#left = messages;
  }

  onHead(): void {}
  onTrailers(): void {}
  onWritable(): void {}

  onData(_bytes: Buffer, from: number, to: number): void {
    this.#session.used(this.#stream, to - from);
  }

  onEnd(): void {
    const { clock, firstMs } = this.#options;
    this.#session.sendBlock(this.#stream, HEAD, false);
    if (firstMs === 0) this.#send(clock.now());
    else clock.at(clock.now() + firstMs, this.#send);
  }

  onReset(): void {
    this.#isOver = true;
  }

  readonly #send = (dueMs: Ms): void => {
    if (this.#isOver) return;
    const { clock, everyMs } = this.#options;
    // An answer that nobody reads is left out: this is no test of flow control.
    this.#session.sendData(this.#stream, MESSAGE, 0, MESSAGE.length, false);
    if (--this.#left > 0) clock.at(dueMs + everyMs, this.#send);
    else {
      this.#isOver = true;
      this.#session.sendBlock(this.#stream, TRAILERS, true);
    }
  };
}

const HEAD = encodeFields([
  { name: ':status', value: '200' },
  { name: 'content-type', value: 'application/grpc' },
]);

const TRAILERS = encodeFields([{ name: 'grpc-status', value: '0' }]);

/** One token behind the prefix of gRPC. */
const MESSAGE = (() => {
  const message = toBinary(GenerateResponseSchema, create(GenerateResponseSchema, { text: ' sea', tokens: 1 }));
  return Buffer.concat([Buffer.of(0, 0, 0, 0, message.length), message]);
})();
