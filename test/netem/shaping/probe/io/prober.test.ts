import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Event } from '../../../../../core/event/event.ts';
import { seededRng } from '../../../../../core/random/rng.ts';
import { steadyUnixMs } from '../../../../../core/time/io/steady-unix.ts';
import { SystemClock } from '../../../../../core/time/io/system-clock.ts';
import type { LinkModel } from '../../../../../netem/links/model/link-model.ts';
import { Echo } from '../../../../../netem/shaping/probe/io/echo.ts';
import { Prober } from '../../../../../netem/shaping/probe/io/prober.ts';
import { Relay } from '../../../../../netem/shaping/relay/io/relay.ts';

const HOST = '127.0.0.1';
const constant = (delayUs: number, lossRate = 0): LinkModel => ({
  stateAt: () => ({ up: true, delayUs, jitterUs: 0, lossRate, rateKbps: 0 }),
  nextChangeAfter: () => null,
});

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const probe = async (paths: Record<string, LinkModel>, answers: number) => {
  const clock = new SystemClock({ startUnixMs: Date.now() });
  const echo = await Echo.listen({ host: HOST, port: 0 });
  const ports: Record<string, { host: string; port: number }> = {};
  for (const [name, link] of Object.entries(paths)) {
    const targetPort = echo.port;
    const ends = { listenPort: 0, targetPort: 1, probe: { listenPort: 0, targetPort } };
    const relay = await Relay.listen({
      name,
      forward: link,
      back: link,
      clock,
      rng: seededRng(1),
      overheadMs: 0,
      ...ends,
    });
    ports[name] = { host: HOST, port: relay.probePort! };
    closing.push(() => relay.close());
  }
  const probes: Extract<Event, { kind: 'probe' }>[] = [];
  const enough = Promise.withResolvers<void>();
  const emit = (event: Event): void => {
    if (event.kind !== 'probe') return;
    probes.push(event);
    if (probes.length === answers) enough.resolve();
  };
  const prober = await Prober.connect({ paths: ports, everyMs: 7, emit });
  closing.push(
    () => prober.close(),
    () => echo.close(),
    () => clock.close(),
  );
  prober.begin(Date.now() + 50);
  await enough.promise;
  return { probes, prober };
};

test('probes every path over both of its directions, from the start of the run on, and waits for no answer', async () => {
  const { probes } = await probe({ near: constant(2000), far: constant(60_000) }, 40);
  for (const [path, roundTripMs] of [
    ['near', 4],
    ['far', 120],
  ] as const) {
    const own = probes.filter((event) => event.path === path);
    expect(own.length).toBeGreaterThan(2);
    for (const { rttMs } of own) expect(rttMs).toBeGreaterThanOrEqual(roundTripMs);
  }
  expect(Math.min(...probes.map(({ atMs }) => atMs))).toBeGreaterThanOrEqual(0);
  // A second was sent over the far path before the first came back.
  const [first, second] = probes.filter(({ path }) => path === 'far');
  expect(second!.atMs).toBeLessThan(first!.atMs + first!.rttMs);
});

test('a probe loses nothing on a path that loses everything', async () => {
  const { probes } = await probe({ lossy: constant(50_000, 1) }, 10);
  // A loss would make each take 300 ms.
  expect(Math.min(...probes.map(({ rttMs }) => rttMs))).toBeLessThan(200);
});

test('sends nothing after it is closed', async () => {
  const { probes, prober } = await probe({ near: constant(1000) }, 3);
  prober.close();
  const count = probes.length;
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(probes).toHaveLength(count);
});

test('rejects a path without an answer', async () => {
  const echo = await Echo.listen({ host: HOST, port: 0 });
  const { port } = echo;
  await echo.close();
  await expect(
    Prober.connect({ paths: { gone: { host: HOST, port } }, everyMs: 7, emit: () => {} }),
  ).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  });
});

/** A far end that does with a connection what it is told, and whom it has. */
const farEnd = async (onSocket: (socket: Socket, index: number) => void) => {
  const sockets: Socket[] = [];
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {});
    onSocket(socket, sockets.push(socket) - 1);
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { server, sockets, port: (server.address() as AddressInfo).port };
};

const probing = async (port: number, options: { readonly answerMs?: number } = {}) => {
  const events: Event[] = [];
  const emit = (event: Event): void => void events.push(event);
  const paths = { 'a/fibre': { host: HOST, port } };
  const prober = await Prober.connect({ paths, everyMs: 7, emit, ...options });
  closing.unshift(() => prober.close());
  prober.begin(steadyUnixMs());
  const answered = () => events.filter(({ kind }) => kind === 'probe').length;
  const lost = () => events.flatMap((event) => (event.kind === 'probes-lost' ? [event] : []));
  return { prober, answered, lost };
};

const until = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 2));
};
const echo = (socket: Socket): void => void socket.on('data', (bytes) => socket.write(bytes));

test('continues over another connection after each reset, and reports every probe without an answer', async () => {
  const { sockets, port } = await farEnd(echo);
  const { prober, answered, lost } = await probing(port);
  for (let resets = 0; resets < 2; resets++) {
    const before = answered();
    await until(() => answered() > before + 5);
    sockets.at(-1)!.resetAndDestroy();
    await until(() => sockets.length === resets + 2);
  }
  const before = answered();
  await until(() => answered() > before + 5);
  prober.close();
  const [first] = lost();
  expect(first).toMatchObject({ kind: 'probes-lost', path: 'a/fibre' });
  expect(first!.untilMs).toBeGreaterThanOrEqual(first!.atMs);
  // A reset costs what came due until the next connection: a tenth of a second after it.
  const lostInAll = lost().reduce((sum, event) => sum + event.lost, 0);
  expect(lostInAll).toBeGreaterThanOrEqual(10);
});

test('counts the probes of a path whose far end is gone, and finds it when it is back', async () => {
  const { server, sockets, port } = await farEnd(echo);
  const { prober, answered, lost } = await probing(port);
  await until(() => answered() > 3);
  server.close();
  sockets[0]!.resetAndDestroy();
  await until(() => lost().length > 0);
  const again = createServer((socket) => echo(socket.on('error', () => {}))).listen(port, HOST);
  closing.push(() => void again.close());
  const before = answered();
  await until(() => answered() > before + 3);
  prober.close();
});

test('counts probes without an answer, also while the connection is open', async () => {
  const { port } = await farEnd((socket) => socket.resume());
  const { prober, answered, lost } = await probing(port, { answerMs: 50 });
  const counted = (): number => lost().reduce((sum, event) => sum + event.lost, 0);
  while (counted() <= 5) await new Promise((resolve) => setTimeout(resolve, 10));
  prober.close();
  expect(answered()).toBe(0);
});

test('an echo holds little of what a peer sends that does not read', async () => {
  const server = await Echo.listen({ host: HOST, port: 0 });
  closing.push(() => server.close());
  const peer = connect({ port: server.port, host: HOST });
  closing.unshift(() => void peer.destroy());
  const chunk = Buffer.alloc(1 << 20);
  for (let part = 0; part < 64; part++) peer.write(chunk);
  let last = -1;
  let most = 0;
  while (last !== peer.writableLength) {
    last = peer.writableLength;
    for (let look = 0; look < 10; look++) {
      most = Math.max(most, server.heldBytes);
      await new Promise((next) => setTimeout(next, 10));
    }
  }
  expect(most).toBeLessThan(1 << 20);
  expect(last).toBeGreaterThan(32 << 20); // the rest stays with who does not read
});
