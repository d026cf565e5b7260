import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export type RawHeader = readonly [name: string | Buffer, value: string | Buffer];

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export const DATA = 0;
export const HEADERS = 1;
export const RST_STREAM = 3;
const SETTINGS = 4;
export const PING = 6;
const GOAWAY = 7;
const WINDOW_UPDATE = 8;

export const END_STREAM = 1;
const ACK = 1;
const END_HEADERS = 4;

const HEADER_TABLE_SIZE = 1;
const MAX_HEADER_LIST_SIZE = 6;

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** A peer that speaks HTTP/2 frame by frame and may break every rule above that. It acknowledges what must be. */
export class RawPeer {
  readonly socket: Socket;
  readonly frames: Frame[] = [];
  readonly #onFrame: (frame: Frame, peer: RawPeer) => void;
  #unread: Buffer = Buffer.alloc(0);
  #skip: number;
  /** Whether its next block has to say that its table is smaller now (RFC 7541 4.2). */
  #owesTableSize = false;

  constructor(
    socket: Socket,
    isServer: boolean,
    onFrame: (frame: Frame, peer: RawPeer) => void = () => {},
    headerListBytes: number | null = null,
  ) {
    this.socket = socket;
    this.#onFrame = onFrame;
    this.#skip = isServer ? PREFACE.length : 0;
    socket.setNoDelay(true); // its frames leave one by one
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    if (!isServer) socket.write(PREFACE);
    const settings = Buffer.alloc(headerListBytes === null ? 0 : 6);
    if (headerListBytes !== null) {
      settings.writeUInt16BE(MAX_HEADER_LIST_SIZE, 0);
      settings.writeUInt32BE(headerListBytes, 2);
    }
    this.send(SETTINGS, 0, 0, settings);
  }

  send(type: number, flags: number, stream: number, payload: Buffer): void {
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head.writeUInt8(type, 3);
    head.writeUInt8(flags, 4);
    head.writeUInt32BE(stream, 5);
    this.socket.write(Buffer.concat([head, payload]));
  }

  /** Sends headers or trailers as literals without compression. */
  headers(stream: number, headers: readonly RawHeader[], endStream = false): void {
    const fields = headers.flatMap(([name, value]) => [Buffer.of(0), literal(name), literal(value)]);
    const block = Buffer.concat(this.#owesTableSize ? [TABLE_OF_0, ...fields] : fields);
    this.#owesTableSize = false;
    this.send(HEADERS, END_HEADERS | (endStream ? END_STREAM : 0), stream, block);
  }

  data(stream: number, payload: Buffer, endStream = false): void {
    this.send(DATA, endStream ? END_STREAM : 0, stream, payload);
  }

  /** Lets the other side send more over the connection. */
  credit(bytes: number): void {
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(bytes, 0);
    this.send(WINDOW_UPDATE, 0, 0, payload);
  }

  goaway(lastStream: number): void {
    const payload = Buffer.alloc(8);
    payload.writeUInt32BE(lastStream, 0);
    this.send(GOAWAY, 0, 0, payload);
  }

  reset(stream: number, code: number): void {
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(code, 0);
    this.send(RST_STREAM, 0, stream, payload);
  }

  #read(chunk: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, chunk]);
    if (this.#skip > 0) {
      const skipped = Math.min(this.#skip, this.#unread.length);
      this.#skip -= skipped;
      this.#unread = this.#unread.subarray(skipped);
    }
    while (this.#skip === 0 && this.#unread.length >= 9) {
      const end = 9 + this.#unread.readUIntBE(0, 3);
      if (this.#unread.length < end) return;
      const frame: Frame = {
        type: this.#unread.readUInt8(3),
        flags: this.#unread.readUInt8(4),
        stream: this.#unread.readUInt32BE(5),
        payload: this.#unread.subarray(9, end),
      };
      this.#unread = this.#unread.subarray(end);
      this.frames.push(frame);
      if (frame.type === SETTINGS && limitsTable(frame.payload)) this.#owesTableSize = true;
      if ((frame.type === SETTINGS || frame.type === PING) && (frame.flags & ACK) === 0) {
        this.send(frame.type, ACK, 0, frame.type === PING ? frame.payload : Buffer.alloc(0));
      }
      this.#onFrame(frame, this);
    }
  }
}

export const rawClient = async (port: number): Promise<RawPeer & { close(): void }> => {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return Object.assign(new RawPeer(socket, false), { close: () => void socket.destroy() });
};

export interface RawServer {
  readonly port: number;
  readonly peers: readonly RawPeer[];
  close(): void;
}

/** A server that may say how large a header list it takes. */
export const rawServer = async (
  onFrame: (frame: Frame, peer: RawPeer) => void,
  headerListBytes: number | null = null,
): Promise<RawServer> => {
  const peers: RawPeer[] = [];
  const take = (socket: Socket): void => void peers.push(new RawPeer(socket, true, onFrame, headerListBytes));
  const server = createServer(take).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    server.close();
    for (const { socket } of peers) socket.destroy();
  };
  return { port: (server.address() as { port: number }).port, peers, close };
};

/** The headers that every request to the echo service needs. */
export const requestOf = (also: readonly RawHeader[] = []): readonly RawHeader[] => [
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', '/test.Echo/Generate'],
  [':authority', 'router'],
  ['content-type', 'application/grpc'],
  ['te', 'trailers'],
  ...also,
];

const limitsTable = (settings: Buffer): boolean => {
  for (let at = 0; at < settings.length; at += 6) {
    if (settings.readUInt16BE(at) === HEADER_TABLE_SIZE && settings.readUInt32BE(at + 2) < 4096) return true;
  }
  return false;
};

/** An update of the table's size to 0. Source: RFC 7541 6.3. */
const TABLE_OF_0 = Buffer.of(0x20);

/** A string of HPACK, without Huffman. Source: RFC 7541 5.2. */
const literal = (text: string | Buffer): Buffer => {
  const bytes = Buffer.from(text as string, 'latin1');
  if (bytes.length < 127) return Buffer.concat([Buffer.of(bytes.length), bytes]);
  const length = [127];
  let rest = bytes.length - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) length.push((rest % 128) | 128);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
};
