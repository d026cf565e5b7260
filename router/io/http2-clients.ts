import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { Ms } from '../../core/time/clock.ts';
import type { ClientSession } from './client-connections.ts';
import { CONNECTION_WINDOW_BYTES, HEADER_LIST_PAIRS, SESSION_MEMORY_MB, SETTINGS } from './http2-limits.ts';

/** Serves clients over node:http2: returns what makes a session of a socket. */
export const http2Clients = (
  onStream: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number) => void,
): ((socket: Socket) => ClientSession) => {
  const server = createServer({
    settings: SETTINGS,
    maxHeaderListPairs: HEADER_LIST_PAIRS,
    maxSessionMemory: SESSION_MEMORY_MB,
    ...RESETS,
  });
  server.on('stream', (stream, headers, flags) => onStream(stream as ServerHttp2Stream, headers, flags));
  return (socket) => new Http2ClientSession(server, socket);
};

class Http2ClientSession implements ClientSession {
  hasSettings = false;
  streams = 0;
  idleSinceMs: Ms = performance.now();
  readonly #session: ServerHttp2Session;
  #isEnding = false;

  constructor(server: Http2Server, socket: Socket) {
    let made: ServerHttp2Session | null = null;
    server.once('session', (session: ServerHttp2Session) => {
      made = session;
    });
    server.emit('connection', socket); // and at once `session`
    const session = made as ServerHttp2Session | null;
    if (session === null) throw new Error('node:http2 made no session of a socket');
    this.#session = session;
    session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
    session.on('error', () => {}); // its streams close, and that is handled
    session.once('remoteSettings', () => {
      this.hasSettings = true;
      if (this.#isEnding) session.close();
    });
    session.on('stream', (stream) => {
      this.streams++;
      stream.once('close', () => {
        this.streams--;
        this.idleSinceMs = performance.now();
      });
    });
  }

  get isEnding(): boolean {
    return this.#session.closed;
  }

  /**
   * A request that crosses the GOAWAY is above its last stream id, so the client knows that it was not processed. (node:http2 cannot
   * send the earlier notice that RFC 9113 6.8 describes: it ignores new streams after any GOAWAY.)
   */
  end(): void {
    this.#isEnding = true;
    this.#session.close();
  }

  destroy(): void {
    this.#session.destroy();
  }
}

/**
 * How many streams a client may reset before its connection ends, at once and per second. A client of many users resets one for
 * each deadline that passes, and the defaults of Node.js, 1000 and 33, are for browsers.
 */
const RESETS = { streamResetBurst: 10_000, streamResetRate: 1000 };
