import { type AddressInfo, createServer, type Server as Door, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Server, ServerCredentials, type ServerWritableStream } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import type { Ms } from '../../../core/time/clock.ts';
import { askedIn } from '../soak-call.ts';

const raw = (bytes: Buffer): Buffer => bytes;

/** Bytes in, a stream of bytes out. */
const SERVICE = {
  say: {
    path: '/soak.Echo/Say',
    requestStream: false,
    responseStream: true,
    requestSerialize: raw,
    requestDeserialize: raw,
    responseSerialize: raw,
    responseDeserialize: raw,
  },
} as const;

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
    server.addService(SERVICE, { say: answer });
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

const answer = (call: ServerWritableStream<Buffer, Buffer>): void => {
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

/** How long it says NOT_SERVING before it goes: health checks come every 250 ms. */
const NOTICE_MS: Ms = 600;

const AWAY_MS: Ms = 1000;
