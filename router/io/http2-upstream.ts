import type { ClientHttp2Stream, OutgoingHttpHeaders } from 'node:http2';
import type { Ms } from '../../core/time/clock.ts';
import type { NodeAddress } from './address.ts';
import type { Keepalive } from './data-path.ts';
import { checkHealth } from './health-check.ts';
import type { HealthReply } from './health-reply.ts';
import { http2LoadStream } from './http2-load-stream.ts';
import type { LoadListener, LoadSubscription } from './load-subscription.ts';
import type { NodePath } from './node-path.ts';
import { Upstream } from './upstream.ts';
import { UpstreamConnection } from './upstream-connection.ts';

/** How the router reaches one endpoint over node:http2. */
export class Http2Upstream extends Upstream<UpstreamConnection> implements NodePath {
  constructor(address: NodeAddress | null, onChange: (isConnected: boolean) => void, keepalive?: Keepalive) {
    super((...given) => new UpstreamConnection(...given), address, onChange, keepalive);
  }

  /** Opens a stream; null while there is no connection. Throws where node:http2 refuses the headers. */
  request(headers: OutgoingHttpHeaders, endStream: boolean): ClientHttp2Stream | null {
    return this.current?.request(headers, endStream) ?? null;
  }

  /** Reports that the router reset a stream. */
  countReset(stream: ClientHttp2Stream): void {
    const { current } = this;
    if (current === null || !current.owns(stream)) return;
    current.countReset();
    this.hasReset(current);
  }

  /** Whether requests go over the connection of that stream now. */
  takesRequests(stream: ClientHttp2Stream): boolean {
    return this.current?.owns(stream) === true;
  }

  subscribe(everyMs: Ms, listener: LoadListener): LoadSubscription | null {
    return http2LoadStream(this, everyMs, listener);
  }

  checkHealth(timeoutMs: Ms, onEnd: (reply: HealthReply | null) => void): boolean {
    return checkHealth(this, timeoutMs, onEnd);
  }
}
