import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { freePort } from '../../../../../core/net/io/port-free.ts';
import { seededRng } from '../../../../../core/random/rng.ts';
import { SystemClock } from '../../../../../core/time/io/system-clock.ts';
import type { LinkModel } from '../../../../../netem/links/model/link-model.ts';
import { transportSchema } from '../../../../../netem/links/transport/transport-schema.ts';
import { playRelay } from '../../../../../netem/shaping/agent/io/relay-player.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  while (cleanUps.length > 0) await cleanUps.pop()!();
});

const STATE = { up: true, delayUs: 1000, jitterUs: 0, lossRate: 0, rateKbps: 1e6 };
const link: LinkModel = { stateAt: () => STATE, nextChangeAfter: () => null };

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

const listening = async (): Promise<Server> => {
  const server = createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
};

const echoOf = async (socket: Socket, text: string): Promise<string> => {
  socket.write(text);
  const [data] = (await once(socket, 'data')) as [Buffer];
  return data.toString();
};

test('a network that comes back at another address is played there, and no connection of another is cut', async () => {
  const server = await listening();
  cleanUps.push(() => server.close());
  const ports = { fibre: await freePort('127.0.0.1'), laser: await freePort('127.0.0.1') };
  const addresses: Record<string, string> = { fibre: '127.0.0.2', laser: '127.0.0.3' };
  const clock = new SystemClock({ startUnixMs: Date.now() });
  const player = await playRelay({
    transport: transportSchema.parse({}),
    arrivals: (['fibre', 'laser'] as const).map((network) => ({
      path: `ashburn/${network}`,
      links: { forward: link, back: link },
      network,
      port: ports[network],
      targetPort: portOf(server),
      probePort: 0,
    })),
    attachmentTo: (network) => ({ device: 'lo', address: addresses[network]! }),
    clock,
    rng: seededRng(1),
    redirects: false,
    onFault: () => {},
  });
  cleanUps.push(
    () => clock.close(),
    () => player.close(),
  );
  const over = (network: 'fibre' | 'laser'): Socket => {
    const socket = connect({ host: addresses[network]!, port: ports[network] }).on('error', () => {});
    cleanUps.push(() => socket.destroy());
    return socket;
  };
  const [fibre, laser] = [over('fibre'), over('laser')];
  expect(await Promise.all([echoOf(fibre, 'a'), echoOf(laser, 'b')])).toEqual(['a', 'b']);
  const cut = once(fibre, 'close');
  addresses.fibre = '127.0.0.4';
  await player.reattach!('fibre');
  await cut;
  expect(await Promise.all([echoOf(over('fibre'), 'c'), echoOf(laser, 'd')])).toEqual(['c', 'd']);
});
