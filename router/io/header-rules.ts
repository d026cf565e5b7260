import type { Status } from '../attempt/wire.ts';

/** A status in headers or trailers. The router's own messages are plain ASCII without a percent sign. */
export const statusHeaders = (status: Omit<Status, 'by'>): Record<string, string> => {
  const { code, message, pushbackMs } = status;
  return {
    'grpc-status': `${code}`,
    ...(message === undefined ? {} : { 'grpc-message': message }),
    ...(pushbackMs === undefined ? {} : { [PUSHBACK]: `${Math.ceil(pushbackMs)}` }),
  };
};

/** How long a client is asked not to send its request again, in milliseconds. Source: gRFC A6. */
export const PUSHBACK = 'grpc-retry-pushback-ms';

/**
 * Whether a field may be sent on to another connection: it is no pseudo-header, not of one connection, and HTTP/2 allows it. `isPlain`:
 * its characters were looked at before.
 */
export const isPassed = (name: string, value: string, isPlain = false): boolean =>
  !HOP_BY_HOP.has(name) && (isPlain ? name.charCodeAt(0) !== COLON : NAME.test(name) && VALUE.test(value));

const COLON = 0x3a;

const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;

const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
