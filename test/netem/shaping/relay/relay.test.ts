import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { seededRng } from '../../../../core/random/rng.ts';
import { SystemClock } from '../../../../core/time/io/system-clock.ts';
import type { LinkModel } from '../../../../netem/links/model/link-model.ts';
import { Relay, type RelayOptions } from '../../../../netem/shaping/relay/io/relay.ts';
import { RelayMemory } from '../../../../netem/shaping/relay/io/relay-memory.ts';

const constant = (delayUs: number, jitterUs = 0): LinkModel => ({
  stateAt: () => ({ up: true, delayUs, jitterUs, lossRate: 0, rateKbps: 0 }),
  nextChangeAfter: () => null,
});

let clock: SystemClock;
let target: Server;
let relay: Relay;
const targetSockets: Socket[] = [];

const open = async (
  forward: LinkModel,
  back: LinkModel,
  onSocket: (socket: Socket) => void,
  options: Partial<RelayOptions> = {},
): Promise<Socket> => {
  target = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    targetSockets.push(socket);
    onSocket(socket);
  });
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  const targetPort = (target.address() as AddressInfo).port;
  relay = await Relay.listen({
    name: 'a-b',
    forward,
    back,
    clock,
    rng: seededRng(1),
    listenPort: 0,
    targetPort,
    overheadMs: 0,
    ...options,
  });
  const socket = connect({ port: relay.port, host: '127.0.0.1', noDelay: true });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return socket;
};

beforeEach(() => {
  clock = new SystemClock({ startUnixMs: Date.now() });
});
afterEach(async () => {
  for (const socket of targetSockets.splice(0)) socket.destroy();
  await relay.close();
  await new Promise((resolve) => target.close(resolve));
  clock.close();
});

describe('a relay', () => {
  test('that is cut resets every connection and each new one, and carries again afterwards', async () => {
    const socket = await open(constant(0), constant(0), (far) =>
      far.on('error', () => {}).on('data', (chunk) => far.write(chunk)),
    );
    const endOf = (one: Socket): Promise<string> =>
      new Promise((resolve) => {
        one.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code!));
        one.once('data', (chunk: Buffer) => resolve(String(chunk)));
      });
    relay.cut();
    expect(await endOf(socket)).toBe('ECONNRESET');
    expect(await endOf(connect({ port: relay.port, host: '127.0.0.1' }))).toBe('ECONNRESET');
    relay.uncut();
    const again = connect({ port: relay.port, host: '127.0.0.1' });
    again.write('hello');
    expect(await endOf(again)).toBe('hello');
    again.destroy();
  });

  test('delays each direction by its own link', async () => {
    const socket = await open(constant(20_000), constant(5000), (far) => far.on('data', (chunk) => far.write(chunk)));
    const roundTrips: number[] = [];
    for (let round = 0; round < 20; round++) {
      const sentMs = clock.now();
      socket.write('ping');
      await new Promise((resolve) => socket.once('data', resolve));
      roundTrips.push(clock.now() - sentMs);
    }
    socket.destroy();
    expect(Math.min(...roundTrips)).toBeGreaterThanOrEqual(25);
    expect(Math.min(...roundTrips)).toBeLessThan(40); // both delays, and not the longer one twice
    expect(relay.lateness.count).toBe(40);
  });

  test('I6: carries bytes unchanged and in order under jitter, to the end of the connection', async () => {
    const received: Buffer[] = [];
    const ended = new Promise<void>((resolve) => {
      void open(constant(3000, 3000), constant(3000, 3000), (far) => {
        far.on('data', (chunk: Buffer) => received.push(chunk));
        far.on('end', () => resolve());
      }).then(async (socket) => {
        for (let part = 0; part < 60; part++) {
          socket.write(Buffer.alloc(3001, part));
          await new Promise((next) => setTimeout(next, 1));
        }
        socket.end();
      });
    });
    await ended;
    const expected = Buffer.concat(Array.from({ length: 60 }, (_, part) => Buffer.alloc(3001, part)));
    expect(Buffer.concat(received).equals(expected)).toBe(true);
  });

  test('stops reading when the far reader stalls: what it holds is bounded', async () => {
    const socket = await open(constant(1000), constant(1000), (far) => far.pause());
    const chunk = Buffer.alloc(1 << 20);
    for (let part = 0; part < 64; part++) socket.write(chunk);
    let last = -1;
    while (last !== socket.writableLength) {
      last = socket.writableLength;
      await new Promise((next) => setTimeout(next, 100));
    }
    socket.destroy();
    // 64 MiB were written; the relay takes its 8 MiB, the kernel's buffers some more, and the rest stays with the writer.
    expect(last).toBeGreaterThan(32 << 20);
  });

  test('holds no more for many stalled readers than for a few, and reads on when they do', {
    timeout: 180_000,
  }, async () => {
    const socket = await open(constant(1000), constant(1000), (far) => far.pause());
    const sockets = [socket];
    for (let more = 0; more < 11; more++) {
      const another = connect({ port: relay.port, host: '127.0.0.1', noDelay: true });
      await new Promise<void>((resolve) => another.once('connect', resolve));
      sockets.push(another);
    }
    while (targetSockets.length < sockets.length) await new Promise((next) => setTimeout(next, 5)); // after a round trip
    for (const each of sockets) for (let part = 0; part < 16; part++) each.write(Buffer.alloc(1 << 20));
    const waiting = (): number => sockets.reduce((sum, each) => sum + each.writableLength, 0);
    let last = -1;
    while (last !== waiting()) {
      last = waiting();
      await new Promise((next) => setTimeout(next, 300));
    }
    // Of 192 MiB the relay takes its 48 and not 8 for each, the kernel's buffers some more, and the rest stays with the writers.
    expect(last).toBeGreaterThan(90 << 20);
    let received = 0;
    const all = new Promise<void>((resolve) => {
      for (const far of targetSockets) {
        far.on('data', (chunk) => {
          received += chunk.length;
          if (received === 192 << 20) resolve();
        });
        far.resume();
      }
    });
    await all;
    for (const each of sockets) each.destroy();
  });

  test('refuses connections beyond its limit, counts them, reports the first, and takes others when one has ended', async () => {
    let told = 0;
    const socket = await open(constant(1000), constant(1000), (far) => far.pipe(far), {
      mostConnections: 2,
      onRefused: () => told++,
    });
    const another = (): Socket => connect({ port: relay.port, host: '127.0.0.1' }).on('error', () => {});
    const echoes = (each: Socket): Promise<boolean> =>
      new Promise((resolve) => {
        each.once('data', () => resolve(true));
        each.once('close', () => resolve(false));
        each.write('ping');
      });
    const second = another();
    expect([await echoes(socket), await echoes(second)]).toEqual([true, true]);
    expect([await echoes(another()), await echoes(another())]).toEqual([false, false]);
    expect([relay.connections, told]).toEqual([{ open: 2, refused: 2, cutOff: 0 }, 1]);
    second.destroy();
    while (relay.connections.open > 1) await new Promise((next) => setTimeout(next, 5));
    const third = another();
    expect(await echoes(third)).toBe(true);
    third.destroy();
    socket.destroy();
  });

  test('cuts off a reader that takes nothing for too long, so that it cannot keep others from reading', async () => {
    const stalled = await open(
      constant(0),
      constant(0),
      (far) => (targetSockets.length === 1 ? far.pause() : far.on('data', (chunk) => far.write(chunk))),
      { memory: new RelayMemory(1 << 20), stallMs: 300 },
    );
    stalled.on('error', () => {});
    const closed = new Promise((resolve) => stalled.once('close', resolve));
    for (let part = 0; part < 32; part++) stalled.write(Buffer.alloc(1 << 20));
    const other = connect({ port: relay.port, host: '127.0.0.1' });
    other.write('ping');
    const answered = new Promise((resolve) => other.once('data', resolve));
    await Promise.all([closed, answered]);
    expect(relay.connections.cutOff).toBe(1);
    other.destroy();
  });

  test('passes on that the target went away', async () => {
    const socket = await open(constant(1000), constant(1000), (far) => setTimeout(() => far.destroy(), 10));
    await new Promise((resolve) => socket.resume().once('close', resolve));
  });

  test('a port that is taken is refused', async () => {
    await open(constant(0), constant(0), () => {});
    const again = {
      name: 'c-d',
      forward: constant(0),
      back: constant(0),
      clock,
      rng: seededRng(1),
      targetPort: 1,
      overheadMs: 0,
    };
    await expect(Relay.listen({ ...again, listenPort: relay.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
