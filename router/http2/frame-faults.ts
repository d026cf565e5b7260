import { frameFlag, frameType } from './frame.ts';
import { type Http2Code, http2Code } from './http2-code.ts';

/** What a peer did wrong on the connection, and the code that tells it so. */
export interface FrameFault {
  readonly code: Http2Code;
  readonly reason: string;
}

export const TOO_SHORT = 'a frame too short for what it must have';
export const PADDED_TOO_MUCH = 'a padding longer than its frame';
export const BLOCK_TOO_LONG = 'a field block that is too long';

/** What is wrong with a frame at its place among others. `blockStream` has an unfinished block, 0 for none; null for nothing wrong. */
export const faultOfPlace = (
  type: number,
  flags: number,
  stream: number,
  blockStream: number,
  isFirst: boolean,
): FrameFault | null => {
  const isOfBlock = type === frameType.continuation && stream === blockStream;
  if (blockStream !== 0 && !isOfBlock) return BLOCK_INTERRUPTED;
  if (isFirst && (type !== frameType.settings || (flags & frameFlag.ack) !== 0)) return NOT_SETTINGS_FIRST;
  return null;
};

/** What is wrong with a frame by its header alone; null for nothing. */
export const faultOfFrame = (
  type: number,
  flags: number,
  stream: number,
  length: number,
  maxFrameBytes: number,
): FrameFault | null => {
  if (length > maxFrameBytes) return TOO_LONG;
  if (type > frameType.continuation) return null;
  const ofStream = ON_STREAM[type]!;
  if (ofStream === ALWAYS && stream === 0) return NO_STREAM;
  if (ofStream === NEVER && stream !== 0) return ON_A_STREAM;
  if (type === frameType.pushPromise) return PUSHED;
  return type === frameType.data && (flags & frameFlag.padded) !== 0 && length === 0 ? DATA_TOO_SHORT : null;
};

/** Whether a frame of each type has a stream, in the order of the types. Source: RFC 9113 6. */
const NEVER = 0;
const ALWAYS = 1;
const MAYBE = 2;
const ON_STREAM = [ALWAYS, ALWAYS, ALWAYS, ALWAYS, NEVER, ALWAYS, NEVER, NEVER, MAYBE, ALWAYS] as const;

const { protocolError, frameSizeError } = http2Code;
const BLOCK_INTERRUPTED: FrameFault = { code: protocolError, reason: 'another frame inside a field block' };
const NOT_SETTINGS_FIRST: FrameFault = { code: protocolError, reason: 'a first frame that is not SETTINGS' };
const TOO_LONG: FrameFault = { code: frameSizeError, reason: 'a frame longer than SETTINGS_MAX_FRAME_SIZE' };
const DATA_TOO_SHORT: FrameFault = { code: frameSizeError, reason: TOO_SHORT };
const NO_STREAM: FrameFault = { code: protocolError, reason: 'a frame of a stream on stream 0' };
const ON_A_STREAM: FrameFault = { code: protocolError, reason: 'a frame of the connection on a stream' };
const PUSHED: FrameFault = { code: protocolError, reason: 'a PUSH_PROMISE, which nobody asked for' };
