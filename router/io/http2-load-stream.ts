import { type ClientHttp2Stream, constants, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2';
import type { Ms } from '../../core/time/clock.ts';
import { statusOf } from './answer-headers.ts';
import { headerViewOf } from './header-view.ts';
import { requestHeaders } from './http2-headers.ts';
import { LOAD_REPORTS_PATH, LoadMessages, loadRequest } from './load-messages.ts';
import type { LoadListener, LoadSubscription } from './load-subscription.ts';

/** What opens streams to a node; `Http2Upstream` says more. */
interface LoadSource {
  request(headers: OutgoingHttpHeaders, endStream: boolean): ClientHttp2Stream | null;
  countReset(stream: ClientHttp2Stream): void;
  takesRequests(stream: ClientHttp2Stream): boolean;
}

/** Asks a node for its load each `everyMs`, over node:http2. Null where there is no connection. */
export const http2LoadStream = (upstream: LoadSource, everyMs: Ms, listener: LoadListener): LoadSubscription | null => {
  const stream = openStream(upstream);
  if (stream === null) return null;
  let isOver = false;
  let code: number | null = null;
  const messages = new LoadMessages((report) => {
    if (!isOver) listener.onReport(report);
  });
  const leave = (): void => {
    upstream.countReset(stream);
    stream.close(constants.NGHTTP2_CANCEL);
  };
  const onStatus = (trailers: IncomingHttpHeaders): void => {
    const view = headerViewOf(trailers);
    if (view.get('grpc-status') !== undefined) code = statusOf(view);
  };
  stream.on('error', () => {}); // a close follows each
  stream.once('response', onStatus); // an error comes in the headers alone
  stream.on('data', (chunk: Buffer) => {
    if (!messages.push(chunk)) leave();
  });
  stream.once('trailers', onStatus);
  stream.once('close', () => {
    if (isOver) return;
    isOver = true;
    listener.onEnd(code);
  });
  stream.end(loadRequest(everyMs));
  return {
    isCurrent: () => upstream.takesRequests(stream),
    cancel: () => {
      if (isOver) return;
      isOver = true;
      leave();
    },
  };
};

const openStream = (upstream: LoadSource): ClientHttp2Stream | null => {
  try {
    return upstream.request(HEADERS, false);
  } catch {
    return null;
  }
};

const { headers: HEADERS } = requestHeaders({ ':path': LOAD_REPORTS_PATH }, { 'content-type': 'application/grpc' });
