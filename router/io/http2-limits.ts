import type { Settings } from 'node:http2';
import { grpcStatus } from '../attempt/grpc-status.ts';
import type { Status } from '../attempt/wire.ts';

/**
 * How many bytes a stream may have in flight. The default of HTTP/2, 64 KiB, caps a path of 100 ms at about 5 Mbit/s; this one
 * reaches 300 Mbit/s, more than a satellite terminal, and bounds what one slow client can make the router hold.
 */
export const STREAM_WINDOW_BYTES = 4 << 20;

/** How many bytes all streams of a connection together may have in flight. */
export const CONNECTION_WINDOW_BYTES = 64 << 20;

/** How much the router holds of bodies that their receivers do not take: 64 streams with full windows. */
export const HELD_BYTES = 256 << 20;

/** Node.js refuses streams on a connection that holds more; its default of 10 MB is below the windows above. */
export const SESSION_MEMORY_MB = 256;

/**
 * The longest list of headers or trailers from a client or a node; it is advertised. node:http2 resets the stream of a longer one
 * with ENHANCE_YOUR_CALM, which gRPC reads as RESOURCE_EXHAUSTED. Source: the hard limit of gRPC's C core.
 */
export const HEADER_LIST_BYTES = 16 * 1024;

/** The maximum number of headers: the router adds some, and a node that runs on node:http2 takes 128. */
export const HEADER_LIST_PAIRS = 100;

/** The status where the trailers of an answer, or an answer that is nothing else, are above the limit of the client. */
export const TRAILERS_TOO_LARGE: Pick<Status, 'code' | 'message'> = {
  code: grpcStatus.resourceExhausted,
  message: 'the trailers of the answer are larger than the client takes',
};

/** How many streams a peer may have open at a time. */
export const MAX_STREAMS = 100_000;

export const SETTINGS: Settings = {
  enablePush: false,
  initialWindowSize: STREAM_WINDOW_BYTES,
  maxConcurrentStreams: MAX_STREAMS,
  maxHeaderListSize: HEADER_LIST_BYTES,
};
