import { createServer, type Server } from 'node:http';
import { localAddressFilter } from '../../net/io/local-address.ts';
import type { Service } from './service-process.ts';

export interface AnswersAbout {
  readonly service: Pick<Service<unknown>, 'health' | 'metrics'>;
  /** Settings that all parts of a run must agree on. */
  readonly agrees: Readonly<Record<string, string | number>>;
  readonly controlPort: number;
  /** The networks of this machine on which it answers, besides the loopback. */
  readonly controlSubnets: readonly string[];
}

/**
 * Answers `GET /live`, `GET /health` (whether it can do its work now) and `GET /metrics` of a part, on the loopback and on its
 * control networks only. It listens on every address, because a running container may be moved to another one, and closes
 * connections to any other address. Rejects when the port is in use.
 */
export const answerAbout = async ({ service, agrees, controlPort, controlSubnets }: AnswersAbout): Promise<Server> => {
  const isOurs = localAddressFilter(controlSubnets);
  const server = createServer((request, response) => {
    void answer(service, agrees, request.url ?? '/').then(
      ({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body),
      (error: Error) => response.writeHead(500).end(`${error.message}\n`),
    );
  });
  server.prependListener('connection', (socket) => {
    if (!isOurs(socket.localAddress)) socket.destroy();
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.requestTimeout = REQUEST_MS;
  server.headersTimeout = REQUEST_MS;
  const host = controlSubnets.length === 0 ? '127.0.0.1' : '0.0.0.0';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(controlPort, host, resolve);
  });
  return server;
};

const answer = async (service: AnswersAbout['service'], agrees: AnswersAbout['agrees'], url: string) => {
  if (url === '/live') return { status: 200, type: 'text/plain', body: 'alive\n' };
  if (url === '/health') {
    const health = { ...(service.health?.() ?? { ok: true }), agrees };
    return { status: health.ok ? 200 : 503, type: 'application/json', body: `${JSON.stringify(health)}\n` };
  }
  if (url === '/metrics' && service.metrics !== undefined) {
    return { status: 200, type: 'text/plain; version=0.0.4', body: await service.metrics() };
  }
  return { status: 404, type: 'text/plain', body: 'expected /live, /health or /metrics\n' };
};

/** Dashboards, health checks and people need a few connections each. */
const MAX_CONNECTIONS = 128;
const REQUEST_MS = 10_000;
