import { once } from 'node:events';
import { connect } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import fc from 'fast-check';
import { FieldList } from '../../../../router/http2/field-list.ts';
import { CLIENT_PREFACE } from '../../../../router/http2/frame.ts';
import { FrameReader } from '../../../../router/http2/frame-reader.ts';
import { HpackDecoder } from '../../../../router/http2/hpack/hpack-decoder.ts';
import { FrameProxy } from '../../../../router/io/frame-proxy/frame-proxy.ts';
import { Http2Proxy } from '../../../../router/io/http2-proxy.ts';
import { type LoopbackProxy, proxyOf, settled } from '../../io/loopback.ts';
import { SETTINGS_ACK, settings, windowUpdate } from '../connection-under-test.ts';
import { ANY_FRAME } from './any-frame.ts';
import { FuzzPeer } from './fuzz-peer.ts';
import { type FuzzStep, fuzzSteps } from './fuzz-step.ts';
import { HeardOutput } from './heard-output.ts';
import { called, echoNode, soon } from './live-parts.ts';
import { twisted } from './twisted.ts';

export interface LiveFuzz {
  readonly seed: number;
  /** Sessions of clients that keep the rules, and as many of clients that do not. */
  readonly runs: number;
  readonly onRun?: (frames: number) => void;
}

/**
 * Clients that keep the rules and clients that do not, on real sockets before one node. A client that keeps them hears from `FrameProxy`
 * what it hears from `Http2Proxy`. Whatever one does, a witness is served, the one connection to the node stays, and nothing of it is left.
 * Returns what is wrong with the seed and the smallest case; null for nothing.
 */
export const liveClientFaults = async ({ seed, runs, onRun = () => {} }: LiveFuzz): Promise<string | null> => {
  const node = await echoNode();
  const frames = await proxyOf([node.port], { create: (options) => new FrameProxy(options), services: null });
  const reference = await proxyOf([node.port], { create: (options) => new Http2Proxy(options), services: null });
  const witness = connect(`http://127.0.0.1:${frames.port}`);
  witness.on('error', () => {});
  const check = async (steps: readonly FuzzStep[], isLegal: boolean): Promise<void> => {
    const script: Script = { writes: [], asked: [] };
    const heard = await playOn(frames, steps, { isLegal, onRun, record: script });
    if (isLegal) {
      const said = await playOn(reference, script, { isLegal });
      if (heard !== said)
        throw new Error(`a client hears another answer than from node:http2:\n${heard}\nand not\n${said}`);
    }
    const { status } = await called(witness, Buffer.alloc(5));
    if (status !== '0') throw new Error(`another client hears ${status}`);
    if (node.lost() > 0) throw new Error('a connection to the node was lost');
    await nothingLeft(frames);
  };
  try {
    for (const isLegal of [true, false]) {
      const property = fc.asyncProperty(fuzzSteps(60, isLegal ? 0 : 15), (all) => {
        // node:http2 ends the connection of a client that says GOAWAY, with calls under way.
        const steps = isLegal ? all.filter(({ verb }) => verb !== 'goaway') : all;
        return check(steps, isLegal);
      });
      const result = await fc.check(property, { seed, numRuns: runs, endOnFailure: true });
      if (!result.failed) continue;
      const lines = (result.counterexample as [readonly FuzzStep[]])[0].map((step) => `  ${JSON.stringify(step)}`);
      const kind = `a live client that ${isLegal ? 'keeps' : 'breaks'} the rules`;
      return [`${kind}, seed ${seed}: ${String(result.errorInstance)}`, ...lines].join('\n');
    }
    return null;
  } finally {
    witness.destroy();
    await Promise.all([frames.close(), reference.close()]);
    node.close();
  }
};

/** What a client has written, piece by piece, and the calls that it has ended and not cancelled. */
interface Script {
  readonly writes: Buffer[];
  readonly asked: number[];
}

interface Playing {
  readonly isLegal: boolean;
  readonly onRun?: (frames: number) => void;
  /** Gets what was written: which frames a step makes depends on what was heard until then. */
  readonly record?: Script;
}

/** Plays steps as a client of a router, or again what another has written. Resolves to what it heard of its calls. */
const playOn = async (
  { port, path }: LoopbackProxy,
  given: readonly FuzzStep[] | Script,
  { isLegal, onRun = () => {}, record = { writes: [], asked: [] } }: Playing,
): Promise<string> => {
  const socket = connectTcp(port, '127.0.0.1');
  socket.on('error', () => {});
  const heard = new HeardOutput(false);
  const peer = new FuzzPeer(true, heard);
  const answers = new Answers();
  let hasSettings = false;
  socket.on('data', (bytes: Buffer) => {
    hasSettings = true;
    heard.read(bytes);
    answers.read(bytes);
  });
  await once(socket, 'connect');
  socket.write(Buffer.concat([CLIENT_PREFACE, settings()]));
  await soon(
    () => hasSettings || socket.destroyed,
    () => 'no SETTINGS of the router',
  );
  socket.write(SETTINGS_ACK);
  const write = async (bytes: Buffer): Promise<void> => {
    if (bytes.length === 0) return;
    record.writes.push(bytes);
    socket.write(bytes);
    await new Promise((resolve) => setImmediate(resolve));
  };
  if ('writes' in given) {
    for (const bytes of given.writes) await write(bytes);
    record.asked.push(...given.asked);
  } else {
    let frames = 0;
    const cancelled = new Set<number>();
    for (const step of given) {
      if (socket.destroyed) break;
      const before = heard.open();
      const made = peer.frames(step);
      frames += made.length;
      if (step.verb === 'cancel')
        for (const stream of before) if (!heard.open().includes(stream)) cancelled.add(stream);
      const bytes = twisted(made, step);
      const cut = Math.min(step.cutAt, bytes.length);
      await write(bytes.subarray(0, cut));
      await write(bytes.subarray(cut));
    }
    for (const [stream, { hasEnded }] of peer.said) if (hasEnded && !cancelled.has(stream)) record.asked.push(stream);
    onRun(frames);
  }
  if (isLegal) {
    if (heard.hasFailed) throw new Error('the router closes the connection of a client that keeps the rules');
    socket.write(Buffer.concat([settings([4, 1 << 20], [3, 100], [6, 1 << 20]), windowUpdate(0, 1 << 24)]));
    const { asked } = record;
    const unended = (): number[] => asked.filter((stream) => !answers.hasEnded(stream));
    await soon(
      () => unended().length === 0,
      () =>
        `calls ${unended().join()} of ${asked.join()} hear no end from ${path.constructor.name}; ${socket.destroyed ? 'closed' : 'open'}`,
    );
    socket.destroy();
    return asked.map((stream) => `${stream}: ${answers.text(stream)}`).join('\n');
  }
  await settled(1);
  socket.destroy();
  return '';
};

/** What comes back on each stream. */
class Answers {
  readonly #fields = new Map<number, string[]>();
  readonly #bytes = new Map<number, number>();
  readonly #ended = new Set<number>();
  readonly #decoder = new HpackDecoder({ listBytes: 1 << 20, fields: 1000 });
  readonly #reader = new FrameReader(
    {
      ...ANY_FRAME,
      onData: (stream, _, from, to) => this.#bytes.set(stream, (this.#bytes.get(stream) ?? 0) + to - from),
      onDataEnd: (stream, isLast) => {
        if (isLast) this.#ended.add(stream);
      },
      onBlock: (stream, block, from, to, isLast) => {
        const list = new FieldList();
        this.#decoder.decode(block, from, to, list.add);
        const lines = this.#fields.get(stream) ?? [];
        this.#fields.set(stream, lines);
        for (const name of [':status', 'grpc-status', 'content-type', 'x-starlane-endpoint']) {
          const value = list.value(name);
          if (value !== undefined) lines.push(`${name} ${value}`);
        }
        if (isLast) this.#ended.add(stream);
      },
      onReset: (stream) => this.#ended.add(stream),
    },
    { isPeerClient: false, blockBytes: 1 << 20, continuations: 100 },
  );

  read(bytes: Buffer): void {
    this.#reader.limitFrames(1 << 24);
    this.#reader.read(bytes, 0, bytes.length);
  }

  hasEnded(stream: number): boolean {
    return this.#ended.has(stream);
  }

  text(stream: number): string {
    return `${(this.#fields.get(stream) ?? ['reset']).join(', ')}, ${this.#bytes.get(stream) ?? 0} B`;
  }
}

const nothingLeft = (proxy: LoopbackProxy): Promise<void> =>
  soon(
    () => proxy.counters().active === 0 && proxy.router.endpoints.outstanding[0] === 0,
    () => 'requests of a client that has left',
  );
