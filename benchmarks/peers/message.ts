/** What is asked of the server behind the proxies: method names, and messages. */

const SERVICE = 'starlane.bench.v1.Peers';

/** Sends each message back. */
export const ECHO_PATH = `/${SERVICE}/Echo`;
/** Sends messages at a pace, as `PaceOrder` says, until the client resets the stream. */
export const STREAM_PATH = `/${SERVICE}/Stream`;
/** Sends one message and then nothing, until the client resets the stream. */
export const HOLD_PATH = `/${SERVICE}/Hold`;
/** The health check of gRPC; every service is SERVING. */
export const HEALTH_PATH = '/grpc.health.v1.Health/Check';

/** A compression flag and a length in four bytes, before each message of gRPC. */
export const PREFIX_BYTES = 5;

/** A message of gRPC with `content`. */
export const framedMessage = (content: Uint8Array): Buffer => {
  const message = Buffer.allocUnsafe(PREFIX_BYTES + content.length);
  message[0] = 0;
  message.writeUInt32BE(content.length, 1);
  message.set(content, PREFIX_BYTES);
  return message;
};

export interface PaceOrder {
  readonly everyMs: number;
  /** Of each message, without its prefix; at least `STAMP_BYTES`. */
  readonly messageBytes: number;
  /** When the first one is due after the order came, in whole ms. */
  readonly afterMs: number;
}

/** When a message was due by the monotonic clock of the machine, in ms, and its number on its stream, from 0. */
export interface Stamp {
  readonly dueMs: number;
  readonly number: number;
}

export const STAMP_BYTES = 12;

/** A framed message of `messageBytes` with a stamp. */
export const stampedMessage = ({ dueMs, number }: Stamp, messageBytes: number): Buffer => {
  const message = Buffer.allocUnsafe(PREFIX_BYTES + messageBytes);
  message[0] = 0;
  message.writeUInt32BE(messageBytes, 1);
  message.writeDoubleBE(dueMs, PREFIX_BYTES);
  message.writeUInt32BE(number, PREFIX_BYTES + 8);
  message.fill(FILLER, PREFIX_BYTES + STAMP_BYTES);
  return message;
};

const FILLER = 0x74;
