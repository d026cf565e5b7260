import { HAPROXY } from './haproxy.ts';
import { IDENTITY_GRPC_JS, IDENTITY_HTTP2 } from './identity.ts';
import { NGHTTPX } from './nghttpx.ts';
import { NGINX } from './nginx.ts';
import type { PeerProxy } from './peer-proxy.ts';
import { STARLANE_FRAMES, STARLANE_HTTP2 } from './starlane.ts';

/** The one that all ratios are to. */
export const REFERENCE = NGHTTPX;

/** All that can be measured, in the order of the tables. */
export const PEER_PROXIES: readonly PeerProxy[] = [
  NGHTTPX,
  STARLANE_FRAMES,
  HAPROXY,
  NGINX,
  STARLANE_HTTP2,
  IDENTITY_HTTP2,
  IDENTITY_GRPC_JS,
];
