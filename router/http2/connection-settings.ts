import type { FloodLimit } from './flood-meter.ts';
import { LEAST_MAX_FRAME_BYTES, MOST_31_BITS, settingId } from './frame.ts';
import type { FrameFault } from './frame-faults.ts';
import { http2Code } from './http2-code.ts';

/** What we ask of the peer, and how much of what it may do we bear. */
export interface ConnectionLimits {
  /** Streams of the peer that are open at a time. */
  readonly maxStreams: number;
  /** What may be under way to us, on a stream and on all together; each at least 65,535, what a peer takes before it has our SETTINGS. */
  readonly streamWindowBytes: number;
  readonly connectionWindowBytes: number;
  /** Whether the window of the connection is given back as data comes, and only that of its stream once it is used. */
  readonly creditsAtOnce: boolean;
  /** Lists of fields as SETTINGS_MAX_HEADER_LIST_SIZE counts them, how many fields, and blocks as they are sent. */
  readonly listBytes: number;
  readonly fields: number;
  readonly blockBytes: number;
  readonly continuations: number;
  /** Streams that the peer resets or makes us reset (CVE-2023-44487, CVE-2025-8671), beyond one for each that we opened. */
  readonly resets: FloodLimit;
  /**
   * PING, SETTINGS, PRIORITY, unknown frames, interim responses, and RST_STREAM of streams that are over, beyond one for each DATA frame
   * of the peer and each stream that we opened.
   */
  readonly control: FloodLimit;
  /** DATA without a byte but padding, and without an end. */
  readonly empties: FloodLimit;
  /** WINDOW_UPDATE, beyond two for each DATA frame that we send. */
  readonly windowUpdates: FloodLimit;
}

export const DEFAULT_LIMITS: ConnectionLimits = {
  maxStreams: 1000,
  streamWindowBytes: 4 << 20,
  connectionWindowBytes: 64 << 20,
  creditsAtOnce: false,
  listBytes: 16_384,
  fields: 100,
  blockBytes: 65_536,
  continuations: 8,
  // A client of many users resets a stream for each deadline that passes.
  resets: { burst: 10_000, perS: 1000 },
  control: { burst: 1000, perS: 100 },
  empties: { burst: 1000, perS: 100 },
  windowUpdates: { burst: 10_000, perS: 1000 },
};

/** A window until SETTINGS or WINDOW_UPDATE change it. Source: RFC 9113 6.9.2. */
export const DEFAULT_WINDOW_BYTES = 65_535;

/** Our SETTINGS. A table of 0 makes every block of the peer stand alone. */
export const ownSettings = (limits: ConnectionLimits, isClient: boolean): readonly (readonly [number, number])[] => [
  [settingId.headerTableSize, 0],
  ...(isClient ? ([[settingId.enablePush, 0]] as const) : []),
  [settingId.maxConcurrentStreams, limits.maxStreams],
  [settingId.initialWindowSize, limits.streamWindowBytes],
  [settingId.maxHeaderListSize, limits.listBytes],
];

/** What the peer asks of us. */
export interface PeerSettings {
  maxStreams: number;
  initialWindow: number;
  maxFrameBytes: number;
  listBytes: number;
}

export const newPeerSettings = (): PeerSettings => ({
  maxStreams: Number.POSITIVE_INFINITY,
  initialWindow: DEFAULT_WINDOW_BYTES,
  maxFrameBytes: LEAST_MAX_FRAME_BYTES,
  listBytes: Number.POSITIVE_INFINITY,
});

/**
 * What is wrong with a value of the peer's SETTINGS, null for nothing (RFC 9113 6.5.2). `isPeerServer`: a server may not ask for
 * pushes. Unknown settings are left out.
 */
export const faultOfSetting = (id: number, value: number, isPeerServer: boolean): FrameFault | null => {
  if (id === settingId.enablePush && (value > 1 || (isPeerServer && value === 1))) return BAD_PUSH;
  if (id === settingId.initialWindowSize && value > MOST_31_BITS) return BAD_WINDOW;
  const isFrameSize = id === settingId.maxFrameSize;
  return isFrameSize && (value < LEAST_MAX_FRAME_BYTES || value > MOST_FRAME_BYTES) ? BAD_FRAME_SIZE : null;
};

const MOST_FRAME_BYTES = 0xffffff;

const { protocolError, flowControlError } = http2Code;
const BAD_PUSH: FrameFault = { code: protocolError, reason: 'a SETTINGS_ENABLE_PUSH that this peer may not send' };
const BAD_WINDOW: FrameFault = { code: flowControlError, reason: 'a SETTINGS_INITIAL_WINDOW_SIZE above 2^31 - 1' };
const BAD_FRAME_SIZE: FrameFault = {
  code: protocolError,
  reason: 'a SETTINGS_MAX_FRAME_SIZE that is not from 2^14 to 2^24 - 1',
};
