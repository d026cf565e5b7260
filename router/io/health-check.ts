import { type ClientHttp2Stream, constants, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2';
import type { Ms } from '../../core/time/clock.ts';
import { Deadline } from './deadline.ts';
import { headerViewOf } from './header-view.ts';
import { EMPTY_MESSAGE, HEALTH_CHECK_PATH, type HealthReply, healthReplyOf } from './health-reply.ts';
import { requestHeaders } from './http2-headers.ts';

/** What opens streams to a node; `Http2Upstream` says more. */
interface CheckSource {
  request(headers: OutgoingHttpHeaders, endStream: boolean): ClientHttp2Stream | null;
  countReset(stream: ClientHttp2Stream): void;
}

/**
 * Asks a node over one of its paths for the health of its whole server (`grpc.health.v1.Health/Check`). `onEnd` is called
 * once: with null where no status came within `timeoutMs`. False where there is no connection; nothing was sent then.
 */
export const checkHealth = (
  upstream: CheckSource,
  timeoutMs: Ms,
  onEnd: (reply: HealthReply | null) => void,
): boolean => {
  const beganAtMs = performance.now();
  const stream = openStream(upstream);
  if (stream === null) return false;
  const timeout = new Deadline(timeoutMs, () => {
    upstream.countReset(stream);
    stream.close(constants.NGHTTP2_CANCEL);
  });
  let reply: HealthReply | null = null;
  const message: Buffer[] = [];
  const onStatus = (trailers: IncomingHttpHeaders): void => {
    const view = headerViewOf(trailers);
    if (view.get('grpc-status') === undefined) return;
    reply = healthReplyOf(view, message, performance.now() - beganAtMs);
  };
  stream.on('error', () => {}); // a close follows each
  stream.once('response', onStatus); // an error comes in the headers alone
  stream.on('data', (chunk: Buffer) => message.push(chunk));
  stream.once('trailers', onStatus);
  stream.once('close', () => {
    timeout.clear();
    onEnd(reply);
  });
  stream.end(EMPTY_MESSAGE);
  return true;
};

const openStream = (upstream: CheckSource): ClientHttp2Stream | null => {
  try {
    return upstream.request(HEADERS, false);
  } catch {
    return null;
  }
};

const { headers: HEADERS } = requestHeaders({ ':path': HEALTH_CHECK_PATH }, { 'content-type': 'application/grpc' });
