import type { ConnectionEvents } from '../../../../router/http2/connection-events.ts';
import { type ConnectionLimits, DEFAULT_WINDOW_BYTES } from '../../../../router/http2/connection-settings.ts';
import type { FieldList } from '../../../../router/http2/field-list.ts';
import { CLIENT_PREFACE } from '../../../../router/http2/frame.ts';
import { FrameReader } from '../../../../router/http2/frame-reader.ts';
import { Http2Connection } from '../../../../router/http2/http2-connection.ts';
import { blockOf, REQUEST, SETTINGS_ACK, settings } from '../connection-under-test.ts';
import { ANY_FRAME } from './any-frame.ts';
import { FuzzPeer } from './fuzz-peer.ts';
import { type FuzzStep, isLastIn } from './fuzz-step.ts';
import { HeardOutput } from './heard-output.ts';
import { twisted } from './twisted.ts';

/** What the application knows of a stream. */
interface Told {
  hasHead: boolean;
  hasTrailers: boolean;
  hasEnded: boolean;
  hasAnswered: boolean;
  hasSaidAll: boolean;
  isBlocked: boolean;
  body: Buffer[];
  /** What came and was not yet used. */
  unused: number;
}

export interface EngineRunOptions {
  readonly role: 'client' | 'server';
  /** Whether the peer keeps every rule: then the engine must tell all that it said, and break no rule itself. */
  readonly isLegal: boolean;
  /** What is given comes from elsewhere, with its preface and SETTINGS. */
  readonly isReplay?: boolean;
}

/**
 * Plays steps on a connection of the engine, and finds what must never be: an exception, events out of order, a stream or credit that
 * leaks, output that a strict peer would refuse, a sender that hears nothing of its new window.
 */
export class EngineRun {
  readonly faults: string[] = [];
  /** Frames that the engine was given. */
  frames = 0;
  readonly #isLegal: boolean;
  readonly #isServer: boolean;
  readonly #connection: Http2Connection;
  readonly #heard: HeardOutput;
  readonly #peer: FuzzPeer;
  readonly #live = new Map<number, Told>();
  /** What the peer's bytes are by another reader: how much DATA counts against the window. */
  readonly #ear: FrameReader;
  #received = 0;
  #hasFailed = false;
  #nowMs = 0;
  /** What the application does inside an event: see `#reflex`. */
  #pick = 0;

  constructor({ role, isLegal, isReplay = false }: EngineRunOptions) {
    this.#isLegal = isLegal;
    this.#isServer = role === 'server';
    this.#heard = new HeardOutput(!this.#isServer);
    this.#peer = new FuzzPeer(this.#isServer, this.#heard);
    const limits = { ...WINDOWS, ...(isLegal ? AMPLE : TIGHT) };
    this.#connection = new Http2Connection({ role, limits, events: this.#events() });
    this.#ear = new FrameReader(
      {
        ...ANY_FRAME,
        onDataBegin: (_, bytes) => {
          this.#received += bytes;
        },
      },
      { isPeerClient: this.#isServer, blockBytes: 1 << 20, continuations: 1000 },
    );
    this.#hear();
    if (isReplay) return;
    this.#give(Buffer.concat([...(this.#isServer ? [CLIENT_PREFACE] : []), settings(), SETTINGS_ACK]), 0);
  }

  /** Whether the engine has ended the connection. */
  get isClosed(): boolean {
    return this.#connection.isClosed;
  }

  /** Plays a step. Returns false once the run is over. */
  play(step: FuzzStep): boolean {
    if (this.faults.length > 0 || this.#connection.isClosed) return false;
    this.#pick = step.pick;
    this.#act(step);
    this.#hear();
    if (this.faults.length === 0) {
      const frames = this.#peer.frames(step);
      const bytes = twisted(frames, step);
      this.frames += frames.length;
      if (bytes.length > 0) this.#give(bytes, step.cutAt);
    }
    this.#expectSame('the streams that are open', this.#connection.streams, this.#live.size);
    if (this.#isLegal) this.#expectTold();
    return true;
  }

  /** Opens streams, for the answers of a replay. */
  open(streams: number): void {
    for (let count = 0; count < streams; count++) this.#act({ ...PING, verb: 'open' });
    this.#hear();
  }

  /** Passes bytes of a recording; `pick` chooses what the application does with what they tell. */
  replay(bytes: Buffer, { pick, cutAt }: Pick<FuzzStep, 'pick' | 'cutAt'>): void {
    if (this.#connection.isClosed) return;
    this.#pick = pick;
    this.frames++;
    this.#give(bytes, cutAt);
    this.#expectSame('the streams that are open', this.#connection.streams, this.#live.size);
  }

  /** Ends a run: nothing may be left. */
  end(): void {
    const connection = this.#connection;
    if (connection.isClosed) {
      if (!this.#hasFailed) this.#fault('it is closed and has not said why');
      if (this.#isLegal) this.#fault('it has closed the connection of a peer that keeps the rules');
      return;
    }
    if (this.#isLegal) this.#exhaust();
    for (const [stream, told] of [...this.#live]) {
      connection.used(stream, told.unused);
      connection.reset(stream, 8);
      this.#live.delete(stream);
    }
    this.#hear();
    this.#expectSame('the streams that are open at the end', connection.streams, 0);
    const window = this.#heard.grantedBytes - this.#received;
    if (window <= CONNECTION_WINDOW_BYTES / 2) this.#fault(`credit leaks: the peer may send ${window} B`);
    if (window > CONNECTION_WINDOW_BYTES) this.#fault(`too much credit: the peer may send ${window} B`);
    if (!this.#isLegal) return;
    this.#expectSame('acknowledgements of SETTINGS', this.#heard.settingsAcks, this.#peer.settings);
    this.#expectSame('answers to PING', this.#heard.pongs, this.#peer.pings);
  }

  /** Sends padding alone on a stream, twice its window: whoever uses all that comes must let it go on. Then asks for a sign of life. */
  #exhaust(): void {
    this.#pick = 0;
    for (const [stream, told] of this.#live) {
      this.#connection.used(stream, told.unused);
      told.unused = 0;
    }
    const [stream] = this.#peer.unended();
    const told = this.#live.get(stream ?? 0);
    if (stream !== undefined && told !== undefined) {
      for (let frames = 0; frames < EXHAUSTING_FRAMES && this.faults.length === 0; frames++) {
        this.#connection.used(stream, told.unused);
        told.unused = 0;
        this.#hear();
        const bytes = this.#peer.paddingOn(stream);
        if (bytes === null) this.#fault(`the window of stream ${stream} does not open again`);
        else this.#give(bytes, 0);
      }
    }
    this.#give(Buffer.concat(this.#peer.frames(PING)), 0);
  }

  #give(bytes: Buffer, cutAt: number): void {
    const cut = cutAt === 0 ? bytes.length : Math.min(cutAt, bytes.length);
    for (const [from, to] of [
      [0, cut],
      [cut, bytes.length],
    ] as const) {
      if (from === to) continue;
      const own = Buffer.from(bytes.subarray(from, to));
      if (!this.#connection.isClosed) this.#ear.read(own, 0, own.length);
      this.#connection.receive(own, 0, own.length, this.#nowMs);
      own.fill(0xee); // a socket uses its buffers again
    }
    this.#hear();
  }

  #hear(): void {
    const { output } = this.#connection;
    this.#heard.read(Buffer.from(output.written));
    output.clear();
    const [fault] = this.#heard.faults;
    // A peer that breaks the rules has another view of its streams than the engine.
    if (fault !== undefined && this.#isLegal) this.#fault(`it writes ${fault}`);
  }

  /** What the application does in a step. */
  #act(step: FuzzStep): void {
    const connection = this.#connection;
    const isLast = isLastIn(step);
    switch (step.verb) {
      case 'open': {
        if (this.#isServer) return;
        const stream = connection.open(blockOf(REQUEST), isLast);
        if (stream > 0) this.#live.set(stream, { ...newTold(), hasAnswered: true, hasSaidAll: isLast });
        return;
      }
      case 'answer':
        this.#onOne(
          step,
          ({ hasAnswered }) => !hasAnswered,
          (stream) => this.#answer(stream, isLast),
        );
        return;
      case 'send':
        this.#onOne(
          step,
          ({ hasAnswered, hasSaidAll }) => hasAnswered && !hasSaidAll,
          (stream) => this.#send(stream, Buffer.alloc((step.flags & 8) === 0 ? step.size : 4 * step.size, 7), isLast),
        );
        return;
      case 'close':
        this.#onOne(
          step,
          ({ hasAnswered, hasSaidAll }) => hasAnswered && !hasSaidAll,
          (stream, told) => {
            told.hasSaidAll = true;
            if (!connection.sendBlock(stream, blockOf({ 'grpc-status': '0' }), true))
              this.#fault('it takes no trailers');
          },
        );
        return;
      case 'use':
        this.#onOne(
          step,
          ({ unused }) => unused > 0,
          (stream, told) => {
            const bytes = (step.flags & 2) !== 0 ? told.unused : Math.min(told.unused, step.size);
            told.unused -= bytes;
            connection.used(stream, bytes);
          },
        );
        return;
      case 'reset':
        this.#onOne(
          step,
          () => true,
          (stream) => this.#reset(stream),
        );
        return;
      case 'probe':
        connection.ping(Buffer.alloc(8), 0);
        return;
      case 'announce':
        if (this.#isServer && step.flags === 0) connection.announceEnd();
        return;
      case 'leave':
        if (step.flags === 0) connection.goaway(0, '');
        return;
      case 'wait':
        this.#nowMs += step.size;
    }
  }

  #answer(stream: number, isLast: boolean): void {
    const told = this.#live.get(stream)!;
    told.hasAnswered = true;
    told.hasSaidAll = isLast;
    if (!this.#connection.sendBlock(stream, blockOf({ ':status': '200' }), isLast)) this.#fault('it takes no answer');
  }

  #send(stream: number, bytes: Buffer, isLast: boolean): void {
    const told = this.#live.get(stream)!;
    told.hasSaidAll = isLast;
    const sent = this.#connection.sendData(stream, bytes, 0, bytes.length, isLast);
    if (sent < 0) this.#fault(`it takes no data on stream ${stream}, which is open`);
    if (sent === bytes.length) return;
    told.hasSaidAll = false;
    told.isBlocked = true;
  }

  #reset(stream: number): void {
    this.#live.delete(stream);
    this.#connection.reset(stream, 8);
  }

  #onOne({ pick }: FuzzStep, suits: (told: Told) => boolean, act: (stream: number, told: Told) => void): void {
    const some = [...this.#live].filter(([, told]) => suits(told));
    if (some.length > 0) act(...some[pick % some.length]!);
  }

  /** Sends and resets inside an event, as a proxy does. */
  #reflex(stream: number): void {
    if (this.#pick === 5) this.#reset(stream);
    else if (this.#pick === 6 && this.#live.get(stream)?.hasAnswered === false) this.#answer(stream, true);
  }

  #events(): ConnectionEvents {
    const of = (event: string, stream: number, suits: (told: Told) => boolean): Told | null => {
      const told = this.#live.get(stream);
      if (this.#hasFailed) this.#fault(`${event} after the end of the connection`);
      if (told !== undefined && suits(told)) return told;
      this.#fault(
        `${event} of stream ${stream}, which is ${told === undefined ? 'not open' : JSON.stringify({ ...told, body: '' })}`,
      );
      return null;
    };
    return {
      onHead: (stream) => {
        if (this.#isServer) {
          if (this.#live.has(stream)) this.#fault(`a second head of stream ${stream}`);
          this.#live.set(stream, { ...newTold(), hasHead: true });
        } else {
          const told = of('onHead', stream, ({ hasHead }) => !hasHead);
          if (told !== null) told.hasHead = true;
        }
        this.#reflex(stream);
      },
      onInterim: (stream) => void of('onInterim', stream, ({ hasHead }) => !hasHead),
      onData: (stream, bytes, from, to) => {
        const told = of('onData', stream, ({ hasHead, hasEnded, hasTrailers }) => hasHead && !hasEnded && !hasTrailers);
        if (told === null) return;
        told.body.push(Buffer.from(bytes.subarray(from, to)));
        if (this.#pick === 7) this.#connection.used(stream, to - from);
        else told.unused += to - from;
        this.#reflex(stream);
      },
      onTrailers: (stream, _fields: FieldList) => {
        const told = of(
          'onTrailers',
          stream,
          ({ hasHead, hasEnded, hasTrailers }) => hasHead && !hasEnded && !hasTrailers,
        );
        if (told === null) return;
        told.hasTrailers = true;
        this.#reflex(stream);
      },
      onEnd: (stream) => {
        const told = of('onEnd', stream, ({ hasHead, hasEnded }) => hasHead && !hasEnded);
        if (told === null) return;
        told.hasEnded = true;
        if (this.#isLegal && !Buffer.concat(told.body).equals(Buffer.concat(this.#peer.said.get(stream)!.body)))
          this.#fault(`the body of stream ${stream} is another one than was sent`);
        this.#reflex(stream);
      },
      onReset: (stream, _code, by) => {
        of('onReset', stream, () => true);
        this.#live.delete(stream);
        if (this.#isLegal && by === 'fault') this.#fault(`it resets stream ${stream} of a peer that keeps the rules`);
      },
      onClosed: (stream) => {
        of('onClosed', stream, ({ hasEnded, hasSaidAll }) => hasEnded && hasSaidAll);
        this.#live.delete(stream);
      },
      onWritable: (stream) => {
        const told = of('onWritable', stream, ({ isBlocked }) => isBlocked);
        if (told !== null) told.isBlocked = false;
      },
      onGoaway: () => {},
      onPong: () => {},
      onFault: (code, reason) => {
        if (this.#hasFailed) this.#fault('a second fault');
        if (this.#isLegal) this.#fault(`it closes the connection of a peer that keeps the rules: ${code} ${reason}`);
        this.#hasFailed = true;
      },
    };
  }

  /** Whoever waited has heard that there is room. */
  #expectTold(): void {
    for (const [stream, { isBlocked }] of this.#live)
      if (isBlocked && this.#heard.roomOn(stream) > 0) this.#fault(`stream ${stream} hears nothing of its window`);
  }

  #expectSame(what: string, is: number, wanted: number): void {
    if (!this.#connection.isClosed && is !== wanted) this.#fault(`${what}: ${is}, not ${wanted}`);
  }

  #fault(what: string): void {
    this.faults.push(what);
  }
}

const newTold = (): Told => ({
  hasHead: false,
  hasTrailers: false,
  hasEnded: false,
  hasAnswered: false,
  hasSaidAll: false,
  isBlocked: false,
  body: [],
  unused: 0,
});

const PING: FuzzStep = { verb: 'ping', pick: 0, size: 0, flags: 0, cutAt: 0, twist: null, twistAt: 0 };

/** Of 256 bytes, twice the window of a stream. */
const EXHAUSTING_FRAMES = 512;

const CONNECTION_WINDOW_BYTES = 100_000;
const WINDOWS: Partial<ConnectionLimits> = {
  streamWindowBytes: DEFAULT_WINDOW_BYTES,
  connectionWindowBytes: CONNECTION_WINDOW_BYTES,
  maxStreams: 6,
};

/** No limit is in the way of who keeps the rules. */
const ANY_NUMBER = { burst: 1e6, perS: 1e6 };
const AMPLE: Partial<ConnectionLimits> = {
  resets: ANY_NUMBER,
  control: ANY_NUMBER,
  empties: ANY_NUMBER,
  windowUpdates: ANY_NUMBER,
};

/** Each limit is met now and then. */
const FEW = { burst: 20, perS: 10 };
const TIGHT: Partial<ConnectionLimits> = {
  resets: FEW,
  control: FEW,
  empties: FEW,
  windowUpdates: FEW,
  listBytes: 500,
  fields: 8,
  blockBytes: 500,
  continuations: 1,
};
