import { type AddressInfo, createServer, type Server as Door, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Server, ServerCredentials, type ServerDuplexStream, type ServerWritableStream, status } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import type { Ms } from '../../../core/time/clock.ts';
import { askedIn, type SoakMethod } from '../soak-call.ts';

const raw = (bytes: Buffer): Buffer => bytes;

const method = (name: SoakMethod, requestStream: boolean) =>
  ({
    path: `/soak.Echo/${name}`,
    requestStream,
    responseStream: true,
    requestSerialize: raw,
    requestDeserialize: raw,
    responseSerialize: raw,
    responseDeserialize: raw,
  }) as const;

/** Bytes in, bytes out. */
const SERVICE = { Say: method('Say', false), Gather: method('Gather', true), Talk: method('Talk', true) };

/** A gRPC server on one port that can end and come back. It answers with the messages that it is asked for. */
export class RestartingNode {
  #server: Server | null = null;
  #door: Door | null = null;
  readonly #sockets = new Set<Socket>();
  #health: HealthImplementation | null = null;
  #port = 0;
  #isClosed = false;

  /** Resolves to the port. */
  async start(): Promise<number> {
    const server = new Server();
    server.addService(SERVICE, { Say: say, Gather: hear, Talk: hear });
    this.#health = new HealthImplementation({ '': 'SERVING' });
    this.#health.addToServer(server);
    const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
    const door = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => this.#sockets.delete(socket));
      injector.injectConnection(socket);
    });
    await new Promise<void>((resolve, reject) => {
      door.once('error', reject);
      door.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (door.address() as AddressInfo).port;
    this.#door = door;
    this.#server = server;
    if (this.#isClosed) this.close();
    return this.#port;
  }

  /** Ends and starts again: its streams finish, or are cut off where it crashes. `onEnd` is called when it ends. */
  async restart(isCrash: boolean, onEnd: () => void): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    if (isCrash) {
      onEnd();
      this.#cut(server);
    } else {
      this.#health?.setStatus('', 'NOT_SERVING');
      await sleep(NOTICE_MS);
      onEnd();
      this.#door?.close();
      await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
    }
    await sleep(AWAY_MS);
    if (!this.#isClosed) await this.start();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#server !== null) this.#cut(this.#server);
    this.#server = null;
  }

  /** As where its process dies: connections end, and nobody is told of a stream. */
  #cut(server: Server): void {
    this.#door?.close();
    for (const socket of this.#sockets) socket.destroy();
    server.forceShutdown();
  }
}

const say = (call: ServerWritableStream<Buffer, Buffer>): void => {
  const { messages, gapMs, answerBytes } = askedIn(call.request);
  const message = Buffer.alloc(answerBytes, 'token ');
  let sent = 0;
  const next = (): void => {
    for (;;) {
      if (call.cancelled) return;
      call.write(message);
      sent++;
      if (sent === messages) call.end();
      else if (gapMs > 0) setTimeout(next, gapMs);
      else continue;
      return;
    }
  };
  next();
};

/** Answers each message, or all of them at their end; fails where not all have come. */
const hear = (call: ServerDuplexStream<Buffer, Buffer>): void => {
  const isTalk = call.getPath().endsWith('/Talk');
  let heard = 0;
  let expected = 0;
  let answer = Buffer.alloc(0);
  call.on('data', (message: Buffer) => {
    heard++;
    const { messages, answerBytes } = askedIn(message);
    expected = messages;
    if (answer.length !== answerBytes) answer = Buffer.alloc(answerBytes, 'token ');
    if (isTalk) call.write(answer);
  });
  call.on('error', () => {}); // it was cancelled
  call.once('end', () => {
    if (call.cancelled) return;
    if (heard === 0 || heard !== expected) {
      call.emit('error', { code: status.DATA_LOSS, details: `${heard} messages of ${expected} came` });
      return;
    }
    if (!isTalk) call.write(answer);
    call.end();
  });
};

/** How long it says NOT_SERVING before it goes: health checks come every 250 ms. */
const NOTICE_MS: Ms = 600;

const AWAY_MS: Ms = 1000;
