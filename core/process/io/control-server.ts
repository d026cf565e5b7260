import { createServer, type IncomingMessage, type Server } from 'node:http';
import { localAddressFilter } from '../../net/io/local-address.ts';
import { ADMIN, answerOrder } from './admin-door.ts';
import { type NextAnswer, nextAnswer } from './next-answer.ts';
import type { Health, Service } from './service-process.ts';

type Agreement = Readonly<Record<string, string | number>>;

export interface AnswersAbout {
  readonly service: Pick<Service<unknown>, 'health' | 'metrics' | 'orders'>;
  /** Settings that all parts of a run must agree on, as they are now. */
  readonly agrees: Agreement | (() => Agreement);
  /** What else it was told, for who comes later and has to know it. */
  readonly told?: Readonly<Record<string, string | number>>;
  /** One line that its health has besides; null where there is nothing to say. */
  readonly note?: () => string | null;
  /** What else it answers `GET` with, as JSON, by path: `/targets`. */
  readonly pages?: Readonly<Record<string, unknown>>;
  /** Who orders something of it must know this; null where nobody may. */
  readonly adminToken?: string | null;
  /** Why the disk did not take all of its last recording, as one line; null where it did. It is part of its health answer. */
  readonly unwritten?: () => string | null;
  readonly controlPort: number;
  /** The networks of this machine on which it answers, besides the loopback. */
  readonly controlSubnets: readonly string[];
  /** The one address at which it listens, whatever the networks. */
  readonly controlHost?: string;
}

/**
 * Answers `GET /live`, `GET /health` (whether it can do its work now), `GET /metrics` and `POST /admin/...` (its orders, with the
 * token) of a part, on the loopback and on its control networks only. `/live/next` and `/health/next` answer as soon as the state is
 * another than they told last (see `nextAnswer`). It listens on every address, because a running container may be moved to
 * another one, and closes connections to any other address. Rejects when the port is in use.
 */
export const answerAbout = async (about: AnswersAbout): Promise<Server> => {
  const { controlPort, controlSubnets, controlHost } = about;
  const isOurs = controlHost === undefined ? localAddressFilter(controlSubnets) : () => true;
  const next = nextAnswer();
  const server = createServer((request, response) => {
    void answer(about, request, next).then(
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
  const host = controlHost ?? (controlSubnets.length === 0 ? '127.0.0.1' : '0.0.0.0');
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(controlPort, host, resolve);
  });
  return server;
};

const answer = async (
  { service, agrees, told, note, pages = {}, adminToken = null, unwritten }: AnswersAbout,
  request: IncomingMessage,
  next: NextAnswer,
) => {
  const asked = request.url ?? '/';
  const url = asked.replace(/^(\/live|\/health)\/next$/, '$1');
  const healthOf = (): Health => service.health?.() ?? { ok: true };
  if (url !== asked) await next(() => (url === '/live' ? 'alive' : stateOf(healthOf())), request.socket);
  if (url === '/live') return { status: 200, type: 'text/plain', body: 'alive\n' };
  if (url === '/health') {
    const noted = note?.() ?? null;
    const log = unwritten?.() ?? null;
    const said = {
      ...(noted !== null && { note: noted }),
      agrees: typeof agrees === 'function' ? agrees() : agrees,
      ...(told && { told }),
      ...(log !== null && { log }),
    };
    const health = { ...healthOf(), ...said };
    return { status: health.ok ? 200 : 503, type: 'application/json', body: `${JSON.stringify(health)}\n` };
  }
  if (url === '/metrics' && service.metrics !== undefined) {
    return { status: 200, type: 'text/plain; version=0.0.4', body: await service.metrics() };
  }
  if (Object.hasOwn(pages, url))
    return { status: 200, type: 'application/json', body: `${JSON.stringify(pages[url])}\n` };
  if (url.startsWith(ADMIN) && service.orders !== undefined) return answerOrder(request, service.orders, adminToken);
  return { status: 404, type: 'text/plain', body: 'expected /live, /health or /metrics\n' };
};

/** What of its health makes a difference; the rest are figures that change all the time. */
const stateOf = ({ ok, status, reason }: Health): string => JSON.stringify([ok, status, reason]);

/** Dashboards, health checks and people need a few connections each. */
const MAX_CONNECTIONS = 128;
const REQUEST_MS = 10_000;
