import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';
import type { Status } from '../attempt/wire.ts';
import { statusHeaders } from './header-rules.ts';
import { answerHeaders, answerTrailers } from './http2-headers.ts';
import { TRAILERS_TOO_LARGE } from './http2-limits.ts';

/** The trailers that tell a client how its request ended: those of the node, `said`, where it is the node's status and they fit. */
export const closingTrailers = (
  status: Status,
  said: IncomingHttpHeaders | null,
  mostBytes: number,
): OutgoingHttpHeaders => {
  if (status.by === 'router' || said === null) return answerTrailers(NONE, statusHeaders(status)).headers;
  const { headers, bytes } = answerTrailers(said, codeHeader(status, said));
  return bytes <= mostBytes ? headers : answerTrailers(NONE, statusHeaders(TRAILERS_TOO_LARGE)).headers;
};

/** An answer that is nothing but a status: `said` by the node, in headers which are its trailers too, or the router's own. */
export const wholeAnswer = (
  status: Status,
  said: IncomingHttpHeaders | null,
  servedBy: Readonly<Record<string, string>>,
  mostBytes: number,
): OutgoingHttpHeaders => {
  const whole = said && answerHeaders(said, { ...codeHeader(status, said), ...servedBy });
  if (whole !== null && whole.bytes <= mostBytes) return whole.headers;
  const own = statusHeaders(whole === null ? status : TRAILERS_TOO_LARGE);
  return answerHeaders(NONE, { 'content-type': 'application/grpc', ...own, ...servedBy }).headers;
};

/** The status, where a node left it out. */
const codeHeader = ({ code }: Status, said: IncomingHttpHeaders): Record<string, string> =>
  said['grpc-status'] === undefined ? { 'grpc-status': `${code}` } : {};

const NONE: IncomingHttpHeaders = {};
