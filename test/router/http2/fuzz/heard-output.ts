import { DEFAULT_WINDOW_BYTES } from '../../../../router/http2/connection-settings.ts';
import { MOST_31_BITS } from '../../../../router/http2/frame.ts';
import type { FrameEvents } from '../../../../router/http2/frame-events.ts';
import { FrameReader } from '../../../../router/http2/frame-reader.ts';

/** A stream as the peer of an engine sees it. */
interface Stream {
  /** What the engine has sent: nothing, its head, all, or a reset. */
  engine: 'silent' | 'begun' | 'ended';
  isPeerEnded: boolean;
  isReset: boolean;
  /** What the engine may still send. */
  window: number;
  /** What it has allowed the peer to send. */
  granted: number;
}

/**
 * Reads what an engine has written as a strict peer would, and says what of it breaks a rule (RFC 9113): windows, sizes of frames, the
 * order of a message, frames of streams that are over, acknowledgements. It knows what the peer has allowed.
 */
export class HeardOutput {
  readonly #isEngineClient: boolean;
  readonly #streams = new Map<number, Stream>();
  readonly #reader: FrameReader;
  readonly faults: string[] = [];
  #initialWindow = DEFAULT_WINDOW_BYTES;
  /** What the engine may send on all streams. */
  window = DEFAULT_WINDOW_BYTES;
  #granted = DEFAULT_WINDOW_BYTES;
  #grantedAtFirst = DEFAULT_WINDOW_BYTES;
  maxStreams = Number.POSITIVE_INFINITY;
  peerStreams = Number.POSITIVE_INFINITY;
  newestStream = 0;
  isLeaving = false;
  /** Whether it has said GOAWAY with a code that is an error. */
  hasFailed = false;
  #lastAnswered = MOST_31_BITS;
  #peerGoaway = MOST_31_BITS;
  #pings = 0;
  pongs = 0;
  settingsAcks = 0;

  constructor(isEngineClient: boolean) {
    this.#isEngineClient = isEngineClient;
    this.#reader = new FrameReader(this.#events(), {
      isPeerClient: isEngineClient,
      blockBytes: 1 << 20,
      continuations: 1000,
    });
  }

  /** Reads what the engine has written. */
  read(bytes: Buffer): void {
    if (this.hasFailed && bytes.length > 0) this.faults.push('it writes after its last GOAWAY');
    this.#reader.read(bytes, 0, bytes.length);
  }

  open(): number[] {
    return [...this.#streams].filter(([, stream]) => isOpen(stream)).map(([id]) => id);
  }

  get openStreams(): number {
    return this.open().length;
  }

  get grantedBytes(): number {
    return this.#granted;
  }

  grantedBytesOn(stream: number): number {
    return this.#streams.get(stream)?.granted ?? 0;
  }

  /** What the engine may send on a stream. */
  roomOn(stream: number): number {
    return Math.min(this.window, this.#streams.get(stream)?.window ?? 0);
  }

  onPeerOpened(stream: number): void {
    this.#add(stream);
  }

  onPeerEnded(stream: number, isLast: boolean): void {
    if (isLast) this.#streams.get(stream)!.isPeerEnded = true;
  }

  onPeerReset(stream: number): void {
    this.#streams.get(stream)!.isReset = true;
  }

  onPeerGoaway(last: number): void {
    this.#peerGoaway = last;
    if (!this.#isEngineClient) return;
    for (const [id, stream] of this.#streams) if (id > last) stream.isReset = true;
  }

  onSettings(window: number, maxFrameBytes: number): void {
    for (const stream of this.#streams.values()) stream.window += window - this.#initialWindow;
    this.#initialWindow = window;
    this.#reader.limitFrames(maxFrameBytes);
  }

  widen(stream: number, bytes: number): void {
    if (stream === 0) this.window += bytes;
    else this.#streams.get(stream)!.window += bytes;
  }

  /** Whether a PING of the engine waits for its answer; one less then. */
  takePing(): boolean {
    return this.#pings > 0 && this.#pings-- > 0;
  }

  #add(id: number): Stream {
    const stream: Stream = {
      engine: 'silent',
      isPeerEnded: false,
      isReset: false,
      window: this.#initialWindow,
      granted: this.#grantedAtFirst,
    };
    this.#streams.set(id, stream);
    this.newestStream = Math.max(this.newestStream, id);
    return stream;
  }

  #fault(what: string): void {
    this.faults.push(what);
  }

  /** The stream of a frame that needs the engine's half to be open. */
  #sendable(id: number, what: string): Stream | null {
    const stream = this.#streams.get(id);
    if (stream === undefined || stream.isReset || stream.engine === 'ended') {
      this.#fault(`${what} of stream ${id}, which is ${stream === undefined ? 'not open' : 'over'}`);
      return null;
    }
    return stream;
  }

  #events(): FrameEvents {
    return {
      onDataBegin: (id, bytes) => {
        const stream = this.#sendable(id, 'DATA');
        if (stream === null) return;
        if (stream.engine !== 'begun') this.#fault(`DATA of stream ${id} before its head`);
        stream.window -= bytes;
        this.window -= bytes;
        if (bytes > 0 && (stream.window < 0 || this.window < 0)) this.#fault(`DATA of stream ${id} beyond its window`);
      },
      onData: () => {},
      onDataEnd: (id, isLast) => {
        const stream = this.#streams.get(id);
        if (isLast && stream !== undefined) stream.engine = 'ended';
      },
      onBlock: (id, _block, _from, _to, isLast) => this.#onBlock(id, isLast),
      onPriority: (id) => this.#fault(`PRIORITY of stream ${id}`),
      onReset: (id) => {
        const stream = this.#streams.get(id);
        if (stream?.isReset === true) this.#fault(`RST_STREAM of stream ${id}, which is over`);
        if (stream !== undefined) stream.isReset = true;
      },
      onSetting: (id, value) => {
        if (id === 3) this.maxStreams = value;
        if (id === 4) this.#grantedAtFirst = value;
      },
      onSettingsEnd: () => {},
      onSettingsAck: () => this.settingsAcks++,
      onPing: (_bytes, _at, isAck) => {
        if (isAck) this.pongs++;
        else this.#pings++;
      },
      onGoaway: (last, code) => {
        this.isLeaving = true;
        if (last > this.#lastAnswered) this.#fault('a GOAWAY for more streams than the one before');
        this.#lastAnswered = last;
        if (code !== 0) this.hasFailed = true;
      },
      onWindowUpdate: (id, bytes) => {
        if (id === 0) {
          this.#granted += bytes;
          return;
        }
        const stream = this.#streams.get(id);
        // One may cross the end of a stream (5.1), but not follow a reset.
        if (stream === undefined || stream.isReset) this.#fault(`WINDOW_UPDATE of stream ${id}, which is not open`);
        else stream.granted += bytes;
      },
      onUnknown: (type) => this.#fault(`a frame of type ${type}`),
      onStreamFault: (_id, _code, reason) => this.#fault(reason),
      onConnectionFault: (_code, reason) => this.#fault(reason),
    };
  }

  #onBlock(id: number, isLast: boolean): void {
    let stream = this.#streams.get(id);
    if (stream === undefined && this.#isEngineClient) {
      if (id % 2 !== 1 || id <= this.newestStream) this.#fault(`it opens stream ${id} after ${this.newestStream}`);
      if (this.#peerGoaway < MOST_31_BITS) this.#fault('it opens a stream after GOAWAY');
      if (this.openStreams >= this.peerStreams) this.#fault('it opens more streams than the peer takes');
      stream = this.#add(id);
    } else if (this.#sendable(id, 'HEADERS') === null) return;
    if (stream!.engine === 'begun' && !isLast) this.#fault(`trailers of stream ${id} that do not end it`);
    stream!.engine = isLast ? 'ended' : 'begun';
  }
}

const isOpen = ({ engine, isPeerEnded, isReset }: Stream): boolean => !isReset && !(engine === 'ended' && isPeerEnded);
