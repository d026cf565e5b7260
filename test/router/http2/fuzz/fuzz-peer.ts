import { MOST_31_BITS } from '../../../../router/http2/frame.ts';
import { NO_DYNAMIC_TABLE } from '../../../../router/http2/hpack/hpack-encoder.ts';
import { blockOf } from '../connection-under-test.ts';
import { frame } from '../raw-frames.ts';
import { type FuzzStep, isLastIn, LAST } from './fuzz-step.ts';
import type { HeardOutput } from './heard-output.ts';

/** What a peer has said on one of its streams. */
interface Saying {
  hasHead: boolean;
  hasEnded: boolean;
  body: Buffer[];
}

/**
 * A peer of the engine that makes the frames of a step, and keeps every rule: windows, orders, how many streams. What it hears tells it
 * how much it may send.
 */
export class FuzzPeer {
  readonly #isClient: boolean;
  readonly #heard: HeardOutput;
  /** What it has said, by stream: the truth of what the engine must tell. */
  readonly said = new Map<number, Saying>();
  #next = 1;
  #goneAway = MOST_31_BITS;
  /** Bytes of DATA with padding, of the connection and by stream. */
  #sent = 0;
  readonly #sentOn = new Map<number, number>();
  /** Its first block says that its table is empty, as the SETTINGS of the engine ask (RFC 7541 4.2). */
  #hasToldTable = false;
  pings = 0;
  settings = 1;

  constructor(isClient: boolean, heard: HeardOutput) {
    this.#isClient = isClient;
    this.#heard = heard;
  }

  get sentBytes(): number {
    return this.#sent;
  }

  sentBytesOn(stream: number): number {
    return this.#sentOn.get(stream) ?? 0;
  }

  /** The frames of a step; none where nothing of that kind is possible now. */
  frames(step: FuzzStep): readonly Buffer[] {
    switch (step.verb) {
      case 'head':
        return this.#head(step);
      case 'data':
        return this.#data(step, step.size);
      case 'empty':
        return this.#data(step, 0);
      case 'trailers':
        return this.#trailers(step);
      case 'interim':
        return this.#interim(step);
      case 'widen':
        return this.#widen(step);
      case 'widenStream':
        return this.#widenStream(step);
      case 'settings':
        return this.#settings(step);
      case 'ping':
        this.pings++;
        return [frame(6, 0, 0, Buffer.alloc(8, step.pick))];
      case 'pong':
        return this.#heard.takePing() ? [frame(6, 1, 0, Buffer.alloc(8))] : [];
      case 'priority':
        return [frame(2, 0, 1 + 2 * step.pick, Buffer.of(0, 0, 0, 50 + step.pick, 3))];
      case 'unknown':
        return [frame(0x20 + step.pick, step.flags, step.pick, Buffer.alloc(step.size % 300))];
      case 'cancel':
        return this.#cancel(step);
      case 'goaway':
        return this.#goaway(step);
      default:
        return [];
    }
  }

  /** The streams on which it may still send data. */
  unended(): number[] {
    return this.#heard.open().filter((stream) => {
      const saying = this.said.get(stream);
      return saying?.hasHead === true && !saying.hasEnded;
    });
  }

  /** DATA of 256 bytes, all of them padding; null where its window has no room. */
  paddingOn(stream: number): Buffer | null {
    const room = Math.min(
      this.#heard.grantedBytes - this.#sent,
      this.#heard.grantedBytesOn(stream) - this.sentBytesOn(stream),
    );
    if (room < 256) return null;
    this.#sent += 256;
    this.#sentOn.set(stream, this.sentBytesOn(stream) + 256);
    return frame(0, 8, stream, Buffer.concat([Buffer.of(255), Buffer.alloc(255)]));
  }

  #head(step: FuzzStep): readonly Buffer[] {
    const isLast = isLastIn(step);
    if (this.#isClient) {
      if (this.#heard.isLeaving || this.#heard.openStreams >= this.#heard.maxStreams) return [];
      const stream = this.#next;
      this.#next += 2;
      this.#heard.onPeerOpened(stream);
      this.said.set(stream, { hasHead: true, hasEnded: isLast, body: [] });
      this.#heard.onPeerEnded(stream, isLast);
      return blockFrames(stream, this.#block({ ...REQUESTS[step.pick % REQUESTS.length]!, ...long(step) }), step);
    }
    const stream = this.#pick(step, ({ hasHead }) => !hasHead);
    if (stream === null) return [];
    const saying = this.said.get(stream)!;
    saying.hasHead = true;
    saying.hasEnded = isLast;
    const block = this.#block({ ...ANSWERS[step.pick % ANSWERS.length]!, ...long(step) });
    this.#heard.onPeerEnded(stream, isLast);
    return blockFrames(stream, block, step);
  }

  #block(fields: Readonly<Record<string, string>>): Buffer {
    const block = blockOf(fields);
    if (this.#hasToldTable) return block;
    this.#hasToldTable = true;
    return Buffer.concat([NO_DYNAMIC_TABLE, block]);
  }

  #data(step: FuzzStep, bytes: number): readonly Buffer[] {
    const stream = this.#pick(step, ({ hasHead, hasEnded }) => hasHead && !hasEnded);
    if (stream === null) return [];
    const saying = this.said.get(stream)!;
    const padding = (step.flags & 2) !== 0 ? step.size % 100 : -1;
    const room = Math.min(
      this.#heard.grantedBytes - this.#sent,
      this.#heard.grantedBytesOn(stream) - this.sentBytesOn(stream),
      16_384,
    );
    const body = Math.min(bytes, room - padding - 1);
    if (body < 0) return [];
    const isLast = isLastIn(step);
    const payload = Buffer.alloc(body, step.pick + 1);
    saying.body.push(payload);
    saying.hasEnded = isLast;
    this.#heard.onPeerEnded(stream, isLast);
    const flow = body + padding + 1;
    this.#sent += flow;
    this.#sentOn.set(stream, this.sentBytesOn(stream) + flow);
    const padded = padding < 0 ? payload : Buffer.concat([Buffer.of(padding), payload, Buffer.alloc(padding)]);
    return [frame(0, (isLast ? 1 : 0) | (padding < 0 ? 0 : 8), stream, padded)];
  }

  #trailers(step: FuzzStep): readonly Buffer[] {
    const stream = this.#pick(step, ({ hasHead, hasEnded }) => hasHead && !hasEnded);
    if (stream === null) return [];
    this.said.get(stream)!.hasEnded = true;
    this.#heard.onPeerEnded(stream, true);
    return blockFrames(stream, this.#block({ 'grpc-status': `${step.pick}`, ...long(step) }), {
      ...step,
      flags: step.flags | LAST,
    });
  }

  #interim(step: FuzzStep): readonly Buffer[] {
    const stream = this.#isClient ? null : this.#pick(step, ({ hasHead }) => !hasHead);
    if (stream === null) return [];
    return blockFrames(stream, this.#block({ ':status': '103', link: 'x' }), { ...step, flags: step.flags & ~LAST });
  }

  #widen(step: FuzzStep): readonly Buffer[] {
    const bytes = Math.min(step.size, MOST_31_BITS - this.#heard.window);
    if (bytes <= 0) return [];
    this.#heard.widen(0, bytes);
    return [frame(8, 0, 0, uint32(bytes))];
  }

  #widenStream(step: FuzzStep): readonly Buffer[] {
    const stream = this.#pick(step, () => true);
    if (stream === null || step.size === 0) return [];
    this.#heard.widen(stream, step.size);
    return [frame(8, 0, stream, uint32(step.size))];
  }

  #settings(step: FuzzStep): readonly Buffer[] {
    const window = step.pick % 2 === 0 ? step.size : 65_535;
    const maxFrame = (step.flags & 2) !== 0 ? 16_384 + step.size : 16_384;
    this.#heard.onSettings(window, maxFrame);
    this.settings++;
    const values = [
      [1, step.size],
      [3, 3 + step.pick],
      [4, window],
      [5, maxFrame],
      [6, 2000 + step.size],
      [0x4242, step.size],
    ] as const;
    this.#heard.peerStreams = 3 + step.pick;
    return [
      frame(
        4,
        0,
        0,
        Buffer.concat(values.map(([id, value]) => Buffer.concat([Buffer.of(id >> 8, id & 255), uint32(value)]))),
      ),
    ];
  }

  #cancel(step: FuzzStep): readonly Buffer[] {
    const stream = this.#pick(step, () => true);
    if (stream === null) return [];
    this.#heard.onPeerReset(stream);
    return [frame(3, 0, stream, uint32(step.pick))];
  }

  /** Of a server: no streams of the engine above it are answered. */
  #goaway(step: FuzzStep): readonly Buffer[] {
    if (step.flags !== 0) return []; // or most of a run would come after it
    const newest = this.#isClient ? 0 : this.#heard.newestStream;
    this.#goneAway = Math.min(this.#goneAway, step.pick > 3 ? MOST_31_BITS : newest);
    this.#heard.onPeerGoaway(this.#goneAway);
    return [frame(7, 0, 0, Buffer.concat([uint32(this.#goneAway), uint32(0), Buffer.from('enough')]))];
  }

  /** One of the open streams that suit. */
  #pick({ pick }: FuzzStep, suits: (saying: Saying) => boolean): number | null {
    const open: number[] = [];
    for (const stream of this.#heard.open()) {
      let saying = this.said.get(stream);
      if (saying === undefined) {
        saying = { hasHead: false, hasEnded: false, body: [] };
        this.said.set(stream, saying);
      }
      if (suits(saying)) open.push(stream);
    }
    return open.length === 0 ? null : open[pick % open.length]!;
  }
}

/** HEADERS, with padding, a priority and CONTINUATION frames as the step has it. */
const blockFrames = (stream: number, block: Buffer, { flags, size }: FuzzStep): readonly Buffer[] => {
  const end = (flags & LAST) === LAST ? 1 : 0;
  const split = (flags & 8) !== 0 && block.length > 1 ? 1 + (size % (block.length - 1)) : block.length;
  const padding = (flags & 2) !== 0 ? size % 100 : -1;
  const payload = Buffer.concat([
    ...(padding < 0 ? [] : [Buffer.of(padding)]),
    ...((flags & 4) !== 0 ? [Buffer.of(0, 0, 0, 0, 7)] : []),
    block.subarray(0, split),
    ...(padding < 0 ? [] : [Buffer.alloc(padding)]),
  ]);
  const more = (padding < 0 ? 0 : 8) | ((flags & 4) !== 0 ? 0x20 : 0) | end;
  if (split === block.length) return [frame(1, more | 4, stream, payload)];
  return [frame(1, more, stream, payload), frame(9, 4, stream, block.subarray(split))];
};

const uint32 = (value: number): Buffer => {
  const four = Buffer.alloc(4);
  four.writeUInt32BE(value);
  return four;
};

/** A field that differs from step to step. */
const long = ({ size }: FuzzStep): Record<string, string> => ({ 'x-long-bin': 'AbC+'.repeat(size % 100) });

const POST = { ':method': 'POST', ':scheme': 'http', ':path': '/a.B/C', ':authority': 'x' } as const;
const REQUESTS: readonly Readonly<Record<string, string>>[] = [
  POST,
  { ...POST, te: 'trailers', 'content-type': 'application/grpc', 'grpc-timeout': '5S' },
  { ...POST, ':path': '/a.B/D', cookie: 'a=b' },
];
const ANSWERS: readonly Readonly<Record<string, string>>[] = [
  { ':status': '200', 'content-type': 'application/grpc' },
  { ':status': '200', 'grpc-status': '14', 'grpc-message': 'no' },
  { ':status': '503' },
];
