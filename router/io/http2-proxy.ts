import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { DataPathOptions } from './data-path.ts';
import { statusHeaders } from './header-rules.ts';
import { headerViewOf } from './header-view.ts';
import { http2Clients } from './http2-clients.ts';
import { Http2Upstream } from './http2-upstream.ts';
import { exchangeOverHttp2 } from './own/http2-exchange.ts';
import { ProxiedRequest } from './proxied-request.ts';
import { type ByteCarrier, ProxyPath } from './proxy-path.ts';

/**
 * A data path over node:http2: one lasting connection to each endpoint, any number from clients (HTTP/2 with prior
 * knowledge), and gRPC messages forwarded without decoding.
 */
export class Http2Proxy extends ProxyPath<Http2Upstream> {
  constructor(options: DataPathOptions) {
    super(options, OVER_NODE_HTTP2);
  }
}

const OVER_NODE_HTTP2: ByteCarrier<Http2Upstream> = {
  name: 'node:http2',
  node: (address, onChange, keepalive) => new Http2Upstream(address, onChange, keepalive),
  clients: (seat) => http2Clients((stream, headers, flags) => serve(seat.path, stream, headers, flags)),
};

const serve = (
  path: ProxyPath<Http2Upstream>,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  flags: number,
): void => {
  const admission = path.admit(headerViewOf(headers));
  switch (admission.kind) {
    case 'own':
      exchangeOverHttp2(admission.own, admission.service, stream, headers);
      break;
    case 'not-grpc':
      respond(stream, { ':status': admission.httpStatus, ...(admission.httpStatus === 405 && { allow: 'POST' }) });
      break;
    case 'refused':
      respond(stream, { ':status': 200, 'content-type': 'application/grpc', ...statusHeaders(admission.status) });
      break;
    default: {
      const request = new ProxiedRequest(path, stream, {
        admitted: admission,
        headers: path.isGated ? withoutToken(headers) : headers,
        isBodyWhole: (flags & END_STREAM) !== 0,
      });
      request.start();
      path.wasRouted();
    }
  }
};

/** The token was for the router. */
const withoutToken = ({ authorization: _, ...rest }: IncomingHttpHeaders): IncomingHttpHeaders => rest;

/** Answers without asking a node. */
const respond = (stream: ServerHttp2Stream, headers: OutgoingHttpHeaders): void => {
  stream.on('error', () => {});
  stream.respond(headers, { endStream: true });
  stream.resume();
};

const END_STREAM = 0x1;
