import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import { BenchConnection } from '../io/bench-connection.ts';
import { EchoServer } from '../io/echo-server.ts';
import { followOrders } from '../io/on-orders.ts';

/** The servers behind every proxy, in one process: `EchoServer` at many ports. */
const streams = new EchoServer();
const sockets = new Set<Duplex>();
let servers: Server[] = [];

const serve = (socket: Duplex): void => {
  new BenchConnection('server', socket, streams);
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
};

const portOf = async (tls: { readonly cert: string; readonly key: string } | null): Promise<number> => {
  const server =
    tls === null
      ? createServer({ noDelay: true }, serve)
      : createTlsServer({ ...tls, ALPNProtocols: ['h2'], noDelay: true }, serve).on('tlsClientError', () => {});
  servers.push(server);
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, resolve));
  return (server.address() as AddressInfo).port;
};

followOrders({
  /** Listens at so many ports; answers with them. */
  listen: ({ count, tls }: { count: number; tls: { cert: string; key: string } | null }): Promise<readonly number[]> =>
    Promise.all(Array.from({ length: count }, () => portOf(tls))),
  close: (): null => {
    for (const server of servers) server.close();
    for (const socket of sockets) socket.destroy();
    servers = [];
    return null;
  },
});
