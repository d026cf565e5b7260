import type { ConnectionEvents } from '../../../router/http2/connection-events.ts';
import type { ConnectionLimits } from '../../../router/http2/connection-settings.ts';
import type { FieldList } from '../../../router/http2/field-list.ts';
import { CLIENT_PREFACE } from '../../../router/http2/frame.ts';
import { encodeFields } from '../../../router/http2/hpack/hpack-encoder.ts';
import { Http2Connection } from '../../../router/http2/http2-connection.ts';
import type { KnownBlocks } from '../../../router/http2/known-blocks.ts';
import { frame, toldBy } from './raw-frames.ts';

/** A block of fields, `{ ':status': '200' }`. */
export const blockOf = (fields: Readonly<Record<string, string>>): Buffer =>
  encodeFields(Object.entries(fields).map(([name, value]) => ({ name, value })));

export const REQUEST = { ':method': 'POST', ':scheme': 'http', ':path': '/a.B/C', ':authority': 'x' } as const;

/** HEADERS with those fields, whole in one frame. The table of the peer is empty, which the first block says. */
export const headers = (stream: number, fields: Readonly<Record<string, string>>, isLast = false): Buffer =>
  frame(1, isLast ? 5 : 4, stream, Buffer.concat([Buffer.of(0x20), blockOf(fields)]));

export const data = (stream: number, body: string | Buffer, isLast = false): Buffer =>
  frame(0, isLast ? 1 : 0, stream, Buffer.from(body));

export const SETTINGS_ACK = frame(4, 1, 0);
export const ping = frame(6, 0, 0, '0102030405060708');
export const settings = (...values: readonly (readonly [number, number])[]): Buffer =>
  frame(
    4,
    0,
    0,
    Buffer.concat(
      values.map(([id, value]) => {
        const six = Buffer.alloc(6);
        six.writeUInt16BE(id);
        six.writeUInt32BE(value, 2);
        return six;
      }),
    ),
  );
export const windowUpdate = (stream: number, increment: number): Buffer => {
  const four = Buffer.alloc(4);
  four.writeUInt32BE(increment);
  return frame(8, 0, stream, four);
};
export const reset = (stream: number, code = 8): Buffer => frame(3, 0, stream, Buffer.of(0, 0, 0, code));

const shown = (fields: FieldList): string =>
  Array.from({ length: fields.length }, (_, at) => `${fields.names[at]}=${fields.valueAt(at)}`).join(' ');

export interface ConnectionUnderTest {
  readonly connection: Http2Connection;
  /** What it told, a line each. */
  readonly told: string[];
  /** Feeds frames of the peer, and returns what it answers: see `toldBy`. */
  say(...frames: readonly Buffer[]): readonly string[];
  /** What it has written since the last look. */
  written(): readonly string[];
  /** Later, in milliseconds. */
  wait(ms: number): void;
}

/** A connection that has met its peer: the preface, SETTINGS both ways, and their acknowledgement. */
export const connectionOf = (
  role: 'client' | 'server',
  options: {
    readonly limits?: Partial<ConnectionLimits>;
    readonly on?: Partial<ConnectionEvents>;
    readonly blocks?: KnownBlocks;
    readonly isNew?: boolean;
  } = {},
): ConnectionUnderTest => {
  const told: string[] = [];
  const { on = {} } = options;
  const events: ConnectionEvents = {
    onHead: (stream, fields, isLast) => {
      told.push(`head ${stream}: ${shown(fields)}${isLast ? ' last' : ''}`);
      on.onHead?.(stream, fields, isLast);
    },
    onInterim: (stream, fields) => told.push(`interim ${stream}: ${shown(fields)}`),
    onData: (stream, bytes, from, to) => {
      told.push(`data ${stream}: ${bytes.toString('latin1', from, to)}`);
      on.onData?.(stream, bytes, from, to);
    },
    onTrailers: (stream, fields) => told.push(`trailers ${stream}: ${shown(fields)}`),
    onEnd: (stream) => {
      told.push(`end ${stream}`);
      on.onEnd?.(stream);
    },
    onReset: (stream, code, by) => told.push(`reset ${stream}: ${code} by ${by}`),
    onClosed: (stream) => told.push(`closed ${stream}`),
    onWritable: (stream) => {
      told.push(`writable ${stream}`);
      on.onWritable?.(stream);
    },
    onGoaway: (last, code, text) => told.push(`goaway ${last}: ${code} ${text}`),
    onPong: (bytes, at) => told.push(`pong ${bytes.toString('hex', at, at + 8)}`),
    onFault: (code, reason) => told.push(`fault ${code}: ${reason}`),
  };
  const { limits, blocks } = options;
  const connection = new Http2Connection({ role, events, ...(limits && { limits }), ...(blocks && { blocks }) });
  let nowMs = 1000;
  let isFirst = true;
  const written = (): readonly string[] => {
    const bytes = Buffer.from(connection.output.written);
    connection.output.clear();
    const begin = frame(4, 0, 0);
    const pieces = isFirst ? [bytes] : [...(role === 'client' ? [CLIENT_PREFACE] : []), begin, bytes];
    const lines = toldBy(pieces, { isPeerClient: role === 'client' });
    if (isFirst) {
      isFirst = false;
      return lines;
    }
    return lines.slice(1);
  };
  const say = (...frames: readonly Buffer[]): readonly string[] => {
    for (const bytes of frames) connection.receive(Buffer.from(bytes), 0, bytes.length, nowMs);
    return written();
  };
  const wait = (ms: number): void => {
    nowMs += ms;
  };
  if (options.isNew !== true) {
    written();
    if (role === 'server') say(CLIENT_PREFACE);
    say(settings(), SETTINGS_ACK);
    if (told.length > 0) throw new Error(told.join('\n'));
  }
  return { connection, told, say, written, wait };
};
