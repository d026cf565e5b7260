import { once } from 'node:events';
import { connect } from 'node:http2';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { FrameProxy } from '../../../../router/io/frame-proxy/frame-proxy.ts';
import { proxyOf } from '../../io/loopback.ts';
import { SETTINGS_ACK, settings } from '../connection-under-test.ts';
import { FuzzPeer } from './fuzz-peer.ts';
import { type FuzzStep, fuzzSteps } from './fuzz-step.ts';
import { HeardOutput } from './heard-output.ts';
import { called, echoNode, type Heard, soon } from './live-parts.ts';
import { twisted } from './twisted.ts';

export interface LiveNodeFuzz {
  readonly seed: number;
  /** Runs with a node that keeps the rules, and as many with one that does not. */
  readonly runs: number;
  readonly onRun?: (frames: number) => void;
}

/**
 * A router on real sockets before two nodes: one says what it likes, then cuts its connections; the other one echoes. Whatever the first
 * says, each call ends with a status, an answer of the second is whole, its connection stays, nothing is left in the router, and
 * the router keeps the rules; it closes no connection of a node that keeps them.
 * Returns what is wrong with the seed and the smallest case; null for nothing.
 */
export const liveNodeFaults = async ({ seed, runs, onRun = () => {} }: LiveNodeFuzz): Promise<string | null> => {
  const good = await echoNode();
  try {
    for (const isLegal of [true, false]) {
      const property = fc.asyncProperty(fuzzSteps(80, isLegal ? 0 : 8), (steps) =>
        playedOn(good, steps, isLegal, onRun),
      );
      const result = await fc.check(property, { seed, numRuns: runs, endOnFailure: true });
      if (!result.failed) continue;
      const lines = (result.counterexample as [readonly FuzzStep[]])[0].map((step) => `  ${JSON.stringify(step)}`);
      const kind = `a live node that ${isLegal ? 'keeps' : 'breaks'} the rules`;
      return [`${kind}, seed ${seed}: ${String(result.errorInstance)}`, ...lines].join('\n');
    }
    return null;
  } finally {
    good.close();
  }
};

type EchoNode = Awaited<ReturnType<typeof echoNode>>;

const playedOn = async (
  good: EchoNode,
  steps: readonly FuzzStep[],
  isLegal: boolean,
  onRun: (frames: number) => void,
): Promise<void> => {
  const odd = await oddNode(steps);
  const proxy = await proxyOf([odd.port, good.port], { create: (options) => new FrameProxy(options), services: null });
  const client = connect(`http://127.0.0.1:${proxy.port}`);
  client.on('error', () => {});
  try {
    const { available, outstanding } = proxy.router.endpoints;
    await soon(
      () => available[0] === 1 && available[1] === 1,
      () => 'a node is not connected',
    );
    const lost = good.lost();
    const calls = BODIES.map(async (bytes) => {
      const body = Buffer.alloc(bytes, bytes);
      const beganAtMs = performance.now();
      const heard = await called(client, body, { 'grpc-timeout': `${DEADLINE_MS}m` });
      expectEnded(body, heard, performance.now() - beganAtMs);
    });
    await Promise.all(calls);
    await soon(
      () => proxy.counters().active === 0 && outstanding[0] === 0 && outstanding[1] === 0,
      () => 'calls that have ended are left in the router',
    );
    const { status, endpoint } = await called(client, Buffer.alloc(5));
    if (status !== '0' && endpoint !== 'node-0/fibre')
      throw new Error(`the next call hears ${status} from ${endpoint}`);
    if (good.lost() > lost) throw new Error('the connection to the other node was lost');
    odd.judge(isLegal);
    onRun(odd.frames());
  } finally {
    client.destroy();
    await proxy.close();
    odd.close();
  }
};

/** Bytes of each call's body. */
const BODIES = [0, 5, 6, 700, 5000, 30_000];

const DEADLINE_MS = 10_000;

const expectEnded = (body: Buffer, { status, endpoint, body: answer }: Heard, tookMs: number): void => {
  const what = `a call of ${body.length} B, answered by ${endpoint}`;
  if (!/^\d+$/.test(status) || Number(status) > 16) throw new Error(`${what}, hears ${status} instead of a status`);
  if (tookMs >= DEADLINE_MS) throw new Error(`${what}, ended by its deadline alone`);
  if (endpoint !== 'node-1/fibre') return;
  if (status !== '0') throw new Error(`${what}, hears ${status}`);
  if (!answer.equals(body)) throw new Error(`${what}, hears other bytes`);
};

/** Plays the steps on each of its connections once it has a stream, and then cuts the connection. */
const oddNode = async (steps: readonly FuzzStep[]) => {
  const heard: HeardOutput[] = [];
  const sockets = new Set<Socket>();
  let frames = 0;
  const serve = async (socket: Socket): Promise<void> => {
    const output = new HeardOutput(true);
    heard.push(output);
    const peer = new FuzzPeer(false, output);
    const hasStream = new Promise<void>((resolve) => {
      socket.on('data', (bytes: Buffer) => {
        output.read(bytes);
        if (output.open().length > 0) resolve();
      });
      socket.once('close', resolve);
    });
    socket.write(Buffer.concat([settings(), SETTINGS_ACK]));
    await hasStream;
    for (const step of steps) {
      if (socket.destroyed) break;
      const made = peer.frames(step);
      frames += made.length;
      const bytes = twisted(made, step);
      const cut = Math.min(step.cutAt, bytes.length);
      for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
        if (piece.length === 0) continue;
        socket.write(piece);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    socket.destroySoon();
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    void serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    frames: () => frames,
    judge: (isLegal: boolean) => {
      for (const { faults, hasFailed } of heard) {
        const fault = faults.find((each) => !MAY_CROSS.test(each));
        if (isLegal && fault !== undefined) throw new Error(`the router breaks a rule: ${fault}`);
        if (isLegal && hasFailed) throw new Error('the router closes the connection of a node that keeps the rules');
      }
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
};

/** What a node says of a stream, of its windows or of the connection, and what the router does meanwhile, pass each other on the way. */
const MAY_CROSS =
  /stream \d+, which is (over|not open)$|beyond its window$|^it opens (a stream after GOAWAY|more streams than the peer takes)$/;
