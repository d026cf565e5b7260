import { once } from 'node:events';
import { connect } from 'node:net';
import { HpackDecoder } from '../../../../router/http2/hpack/hpack-decoder.ts';
import { http2Code } from '../../../../router/http2/http2-code.ts';
import { DATA, END_STREAM, type Frame, HEADERS, RawPeer, RST_STREAM } from '../../../contract/data-path/raw-http2.ts';
import { frame } from '../../http2/raw-frames.ts';

/** A peer that speaks frames by hand, and can wait for what it hears. It acknowledges SETTINGS and PING. */
export class Dialogue {
  readonly peer: RawPeer;
  /** Whether the connection is closed, by whoever. */
  isClosed = false;
  #wake: () => void = () => {};
  #pings = 0;

  constructor(makePeer: (onFrame: () => void) => RawPeer) {
    this.peer = makePeer(() => this.#wake());
    this.peer.socket.once('close', () => {
      this.isClosed = true;
      this.#wake();
    });
  }

  /** A client that has met the router: SETTINGS both ways, acknowledged. */
  static async with(port: number): Promise<Dialogue> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const dialogue = new Dialogue((onFrame) => new RawPeer(socket, false, onFrame));
    await dialogue.until(() => dialogue.frames.filter(({ type }) => type === SETTINGS).length === 2);
    return dialogue;
  }

  /** What came so far. */
  get frames(): readonly Frame[] {
    return this.peer.frames;
  }

  get hasGoaway(): boolean {
    return this.frames.some(({ type }) => type === GOAWAY);
  }

  /** Whether it was told that it broke a rule of the connection. */
  get isBlamed(): boolean {
    return this.frames.some(({ type, payload }) => type === GOAWAY && payload.readUInt32BE(4) !== 0);
  }

  say(...frames: readonly Buffer[]): void {
    this.peer.socket.write(Buffer.concat(frames));
  }

  /** Says it, and waits until it has left this process, or the connection is closed. */
  async sayAll(...frames: readonly Buffer[]): Promise<void> {
    const { socket } = this.peer;
    let hasLeft = false;
    socket.write(Buffer.concat(frames), () => {
      hasLeft = true;
      this.#wake();
    });
    await this.until(() => hasLeft || this.isClosed);
  }

  /** Waits until something is so, for at most 5 s; returns whether it is. */
  async until(isSo: () => boolean): Promise<boolean> {
    const giveUp = AbortSignal.timeout(5000);
    giveUp.addEventListener('abort', () => this.#wake());
    while (!isSo() && !giveUp.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return isSo();
  }

  /** Waits until all that was said is read: until a PING has its answer, or the connection is closed. */
  async settled(): Promise<void> {
    const bytes = Buffer.alloc(8, 0x77);
    bytes.writeUInt32BE(++this.#pings);
    this.say(frame(PING, 0, 0, bytes));
    await this.until(() => this.isClosed || this.frames.some((one) => one.type === PING && one.payload.equals(bytes)));
  }

  /** Waits for the end of a stream: its last frame, or a reset. False where the connection closed before. */
  async ended(stream: number): Promise<boolean> {
    const isOver = (): boolean => this.frames.some((one) => one.stream === stream && isEnd(one));
    await this.until(() => this.isClosed || isOver());
    return isOver();
  }

  /**
   * What came on some streams and on the connection, in words: `"abc"` or `9000 bytes` for bodies, `grpc-status 0` or `:status 415` for
   * the end of an answer, `RST_STREAM code`, `GOAWAY code`, `closed` for a connection that closed without a word; `goes on` for nothing.
   */
  heard(isOfInterest: (stream: number) => boolean): string {
    const words: string[] = [];
    const decoder = new HpackDecoder({ listBytes: 1 << 20, fields: 1000 });
    const statuses = new Map<number, string>();
    let body = '';
    const say = (word: string | undefined): void => {
      if (body !== '') words.push(body.length > LONG ? `${body.length} bytes` : `"${body}"`);
      body = '';
      if (word !== undefined) words.push(word);
    };
    for (const { type, flags, stream, payload } of this.frames) {
      if (type === HEADERS) {
        const status = statusOf(payload, decoder);
        if (status !== '') statuses.set(stream, status);
        if (isOfInterest(stream) && (flags & END_STREAM) !== 0) say(statuses.get(stream));
      } else if (type === GOAWAY) say(`GOAWAY ${codeName(payload.readUInt32BE(4))}`);
      else if (!isOfInterest(stream) || stream === 0) continue;
      else if (type === DATA) body += payload.toString('latin1');
      else if (type === RST_STREAM) say(`RST_STREAM ${codeName(payload.readUInt32BE(0))}`);
    }
    say(undefined);
    if (this.isClosed && !this.hasGoaway) words.push('closed');
    if (!this.isClosed && this.hasGoaway) words.push('but not closed');
    return words.length === 0 ? 'goes on' : words.join(', ');
  }

  close(): void {
    this.peer.socket.destroy();
  }
}

const statusOf = (block: Buffer, decoder: HpackDecoder): string => {
  let status = '';
  decoder.decode(block, 0, block.length, (name, value) => {
    if (name === 'grpc-status') status = `grpc-status ${value}`;
    else if (name === ':status' && value !== '200' && status === '') status = `:status ${value}`;
  });
  return status;
};

const isEnd = ({ type, flags }: Frame): boolean =>
  type === RST_STREAM || ((type === DATA || type === HEADERS) && (flags & END_STREAM) !== 0);

const codeName = (code: number): string =>
  Object.entries(http2Code)
    .find(([, value]) => value === code)?.[0]
    .replace(/[A-Z]/g, '_$&')
    .toUpperCase() ?? `${code}`;

/** A body that is longer is not spelt out. */
const LONG = 40;

const SETTINGS = 4;
const PING = 6;
const GOAWAY = 7;
