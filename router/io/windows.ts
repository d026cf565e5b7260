import type { Settings } from 'node:http2';

/**
 * What a stream may have in flight. The default of HTTP/2, 64 KiB, caps a path of 100 ms at about 5 Mbit/s; this one
 * reaches 300 Mbit/s, beyond a satellite terminal, and bounds what one slow client can make the router hold.
 */
const STREAM_WINDOW_BYTES = 4 << 20;

/** What all streams of a connection together may have in flight. */
export const CONNECTION_WINDOW_BYTES = 64 << 20;

/** Node.js refuses streams on a connection that holds more; its default of 10 MB is below the windows above. */
export const SESSION_MEMORY_MB = 256;

export const SETTINGS: Settings = {
  enablePush: false,
  initialWindowSize: STREAM_WINDOW_BYTES,
  maxConcurrentStreams: 100_000,
};
