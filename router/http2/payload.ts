import { frameFlag, frameType, MOST_31_BITS } from './frame.ts';
import type { FrameEvents } from './frame-events.ts';
import type { FrameFault } from './frame-faults.ts';
import { http2Code } from './http2-code.ts';

/**
 * Tells a frame of fixed form: any but DATA, HEADERS and CONTINUATION. Its payload is from `from` to `to`. Returns what makes it a fault
 * of the connection, null for nothing.
 */
export const tellPayload = (
  { type, flags, stream }: { readonly type: number; readonly flags: number; readonly stream: number },
  bytes: Buffer,
  from: number,
  to: number,
  events: FrameEvents,
): FrameFault | null => {
  const length = to - from;
  const isAck = (flags & frameFlag.ack) !== 0;
  switch (type) {
    case frameType.priority:
      if (length === 5) events.onPriority(stream);
      else events.onStreamFault(stream, frameSizeError, 'a PRIORITY that has not 5 bytes');
      return null;
    case frameType.rstStream:
      if (length !== 4) return RST_SIZE;
      events.onReset(stream, uint32(bytes, from));
      return null;
    case frameType.settings:
      return tellSettings(bytes, from, to, isAck, events);
    case frameType.ping:
      if (length !== 8) return PING_SIZE;
      events.onPing(bytes, from, isAck);
      return null;
    case frameType.goaway:
      if (length < 8) return GOAWAY_SIZE;
      events.onGoaway(uint32(bytes, from) & MOST_31_BITS, uint32(bytes, from + 4), bytes, from + 8, to);
      return null;
    default:
      return length === 4 ? tellWindowUpdate(stream, uint32(bytes, from) & MOST_31_BITS, events) : WINDOW_SIZE;
  }
};

export const uint32 = (bytes: Buffer, at: number): number =>
  ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;

const tellSettings = (
  bytes: Buffer,
  from: number,
  to: number,
  isAck: boolean,
  events: FrameEvents,
): FrameFault | null => {
  if (isAck) {
    if (to > from) return ACK_SIZE;
    events.onSettingsAck();
    return null;
  }
  if ((to - from) % 6 !== 0) return SETTINGS_SIZE;
  for (let at = from; at < to; at += 6) events.onSetting((bytes[at]! << 8) | bytes[at + 1]!, uint32(bytes, at + 2));
  events.onSettingsEnd();
  return null;
};

const tellWindowUpdate = (stream: number, increment: number, events: FrameEvents): FrameFault | null => {
  if (increment > 0) events.onWindowUpdate(stream, increment);
  else if (stream === 0) return NO_INCREMENT;
  else events.onStreamFault(stream, protocolError, 'a WINDOW_UPDATE of 0');
  return null;
};

const { protocolError, frameSizeError } = http2Code;
const RST_SIZE: FrameFault = { code: frameSizeError, reason: 'an RST_STREAM that has not 4 bytes' };
const PING_SIZE: FrameFault = { code: frameSizeError, reason: 'a PING that has not 8 bytes' };
const GOAWAY_SIZE: FrameFault = { code: frameSizeError, reason: 'a GOAWAY of less than 8 bytes' };
const ACK_SIZE: FrameFault = { code: frameSizeError, reason: 'an acknowledgement of SETTINGS that is not empty' };
const SETTINGS_SIZE: FrameFault = { code: frameSizeError, reason: 'SETTINGS that are not 6 bytes each' };
const WINDOW_SIZE: FrameFault = { code: frameSizeError, reason: 'a WINDOW_UPDATE that has not 4 bytes' };
const NO_INCREMENT: FrameFault = { code: protocolError, reason: 'a WINDOW_UPDATE of 0 on the connection' };
