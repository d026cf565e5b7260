import type { FrameEvents } from '../../../router/http2/frame-events.ts';
import { FrameReader, type FrameReaderOptions } from '../../../router/http2/frame-reader.ts';

/** A frame as bytes, right or wrong; its length is that of the payload unless `length` says otherwise. */
export const frame = (
  type: number,
  flags: number,
  stream: number,
  payload: Buffer | string = '',
  length?: number,
): Buffer => {
  const bytes = typeof payload === 'string' ? Buffer.from(payload.replaceAll(' ', ''), 'hex') : payload;
  const header = Buffer.alloc(9);
  header.writeUIntBE(length ?? bytes.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, bytes]);
};

export const SETTINGS = frame(4, 0, 0);

/** What a reader told, a line each: hexadecimal for bytes. The pieces of one DATA frame are joined. */
export const toldBy = (
  pieces: readonly Buffer[],
  options: Partial<FrameReaderOptions> = {},
  maxFrameBytes = 16_384,
): readonly string[] => {
  const lines: string[] = [];
  let data = '';
  const events: FrameEvents = {
    onDataBegin: (stream, flowBytes) => {
      data = `data ${stream} of ${flowBytes}: `;
    },
    onData: (_, bytes, from, to) => {
      data += bytes.toString('hex', from, to);
    },
    onDataEnd: (_, isLast) => lines.push(`${data}${isLast ? ' end' : ''}`),
    onBlock: (stream, block, from, to, isLast) =>
      lines.push(`block ${stream}: ${block.toString('hex', from, to)}${isLast ? ' end' : ''}`),
    onPriority: (stream) => lines.push(`priority ${stream}`),
    onReset: (stream, code) => lines.push(`reset ${stream}: ${code}`),
    onSetting: (id, value) => lines.push(`setting ${id}: ${value}`),
    onSettingsEnd: () => lines.push('settings'),
    onSettingsAck: () => lines.push('settings ack'),
    onPing: (bytes, at, isAck) => lines.push(`ping${isAck ? ' ack' : ''} ${bytes.toString('hex', at, at + 8)}`),
    onGoaway: (last, code, bytes, from, to) => lines.push(`goaway ${last}: ${code} ${bytes.toString('hex', from, to)}`),
    onWindowUpdate: (stream, increment) => lines.push(`window ${stream}: ${increment}`),
    onUnknown: (type) => lines.push(`unknown ${type}`),
    onStreamFault: (stream, code, reason) => lines.push(`fault of ${stream}: ${code} ${reason}`),
    onConnectionFault: (code, reason) => lines.push(`fault: ${code} ${reason}`),
  };
  const reader = new FrameReader(events, { isPeerClient: false, blockBytes: 65_536, continuations: 8, ...options });
  reader.limitFrames(maxFrameBytes);
  for (const piece of pieces) {
    const own = Buffer.from(piece);
    reader.read(own, 0, own.length);
    own.fill(0xee); // a socket uses its buffers again
  }
  return lines;
};
