/**
 * How many bytes the parts of a call take on the wire, so that a simulated link serialises what a real one would.
 * Frame headers are 9 bytes, the gRPC prefix 5, protobuf tags and lengths the rest; text is four bytes a token.
 */

const HEADERS_BYTES = 160;
const MESSAGE_BYTES = 9 + 5 + 6;
const BYTES_PER_TOKEN = 4;

export const requestBytes = (promptTokens: number): number =>
  HEADERS_BYTES + MESSAGE_BYTES + promptTokens * BYTES_PER_TOKEN;

/** A message with one token of an answer. */
export const TOKEN_BYTES = MESSAGE_BYTES + BYTES_PER_TOKEN;

/** A health check: the probe that a router sends to a node. */
export const HEALTH_CHECK_BYTES = HEADERS_BYTES + MESSAGE_BYTES;

/** The same with a load report in it. */
export const TRAILERS_BYTES = 220;

/** A TCP segment without data, with its headers: what begins or ends a connection. */
export const TCP_BYTES = 60;
