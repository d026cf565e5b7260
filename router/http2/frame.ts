/** Types of frames. Source: RFC 9113 6; any other is unknown and left out (5.5). */
export const frameType = {
  data: 0x0,
  headers: 0x1,
  priority: 0x2,
  rstStream: 0x3,
  settings: 0x4,
  pushPromise: 0x5,
  ping: 0x6,
  goaway: 0x7,
  windowUpdate: 0x8,
  continuation: 0x9,
} as const;

/** ACK has the bit of END_STREAM, on SETTINGS and PING. */
export const frameFlag = { endStream: 0x1, ack: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

/** Source: RFC 9113 6.5.2. */
export const settingId = {
  headerTableSize: 0x1,
  enablePush: 0x2,
  maxConcurrentStreams: 0x3,
  initialWindowSize: 0x4,
  maxFrameSize: 0x5,
  maxHeaderListSize: 0x6,
} as const;

/** Before each payload: its length in three bytes, type, flags, and the stream in four. */
export const FRAME_HEADER_BYTES = 9;

/** What a frame may have unless SETTINGS say otherwise, and the least that they may say. */
export const LEAST_MAX_FRAME_BYTES = 16_384;

/** Windows and stream numbers have 31 bits. */
export const MOST_31_BITS = 0x7fffffff;

/** What a client sends first. Source: RFC 9113 3.4. */
export const CLIENT_PREFACE: Buffer = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
