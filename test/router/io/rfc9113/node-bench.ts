import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { expect } from 'vitest';
import type { Policy } from '../../../../router/pick/policy.ts';
import { HEADERS, RawPeer, type RawServer } from '../../../contract/data-path/raw-http2.ts';
import { headers, settings, windowUpdate } from '../../http2/connection-under-test.ts';
import { type CreateDataPath, type LoopbackProxy, proxyOf, settled } from '../loopback.ts';
import { GRPC } from './client-bench.ts';
import { Dialogue } from './dialogue.ts';
import { answerOn, echoNode } from './echo-node.ts';

/** What a node does that breaks a rule, or may look as if it did, and what comes of it. */
export interface NodeCase {
  /** The section of RFC 9113, a colon, what the node does. */
  readonly name: string;
  /** What it sends once it has two requests: this stream is that of the second. */
  readonly frames: (stream: number) => readonly Buffer[];
  /** What the node hears of that stream and of its connection, in the words of `Dialogue.heard`. */
  readonly node: string;
  /** What the client of that request hears. */
  readonly client: string;
}

export const inWords = ({ node, client }: Pick<NodeCase, 'node' | 'client'>): string =>
  `node: ${node}; client: ${client}`;

/** A router before two nodes, one of which breaks rules, and a client that asks both over one connection. */
export class NodeBench {
  readonly proxy: LoopbackProxy;
  readonly #good: RawServer;
  readonly #client: Dialogue;
  #lastStream = -1;

  private constructor(proxy: LoopbackProxy, good: RawServer, client: Dialogue) {
    this.proxy = proxy;
    this.#good = good;
    this.#client = client;
  }

  static async of(create: CreateDataPath): Promise<NodeBench> {
    const good = await echoNode();
    const proxy = await proxyOf([good.port, good.port], { create, policy: bySession, maxAttempts: 1 });
    const client = await Dialogue.with(proxy.port);
    client.say(settings([4, LARGEST_WINDOW]), windowUpdate(0, LARGEST_WINDOW - 65_535));
    return new NodeBench(proxy, good, client);
  }

  /**
   * What the node and the client hear. A request beside that one has its answer where the connection to the node goes on. The
   * connection of the client goes on in any case, and so does that to the other node. `isLeft`: the router is to leave the node once it
   * has its answers.
   */
  async heardAfter(frames: NodeCase['frames'], isLeft: boolean): Promise<string> {
    const node = await badNode();
    try {
      await this.#moveTo(node.port);
      const [beside, broken] = [this.#ask('bad'), this.#ask('bad')];
      const bad = await node.called();
      await bad.until(() => bad.frames.filter(({ type }) => type === HEADERS).length === 2);
      const [first, second] = bad.frames.filter(({ type }) => type === HEADERS).map(({ stream }) => stream);
      bad.say(...frames(second!));
      await bad.settled();
      if (bad.isBlamed) await bad.until(() => bad.isClosed);
      const hasEnded = bad.isClosed;
      if (!hasEnded) answerOn(bad.peer, first!, Buffer.from('beside'));
      await this.#client.ended(beside);
      await this.#client.ended(broken);
      expect(this.#client.heard((stream) => stream === beside)).toBe(
        hasEnded ? 'grpc-status 14' : '"beside", grpc-status 0',
      );
      if (isLeft) await bad.until(() => bad.isClosed);
      const good = this.#ask('good');
      await this.#client.ended(good);
      expect(this.#client.heard((stream) => stream === good)).toBe('grpc-status 0');
      expect(this.#good.peers.filter(({ socket }) => !socket.destroyed).length).toBe(1);
      return inWords({
        node: bad.heard((stream) => stream === second),
        client: this.#client.heard((stream) => stream === broken),
      });
    } finally {
      await node.close();
    }
  }

  async close(): Promise<void> {
    this.#client.close();
    await this.proxy.close();
    this.#good.close();
  }

  #ask(session: 'bad' | 'good'): number {
    this.#lastStream += 2;
    this.#client.say(headers(this.#lastStream, { ...GRPC, 'x-session-id': session }, true));
    return this.#lastStream;
  }

  async #moveTo(port: number): Promise<void> {
    this.proxy.path.reconcile([this.#good.port, port].map((to) => ({ host: '127.0.0.1', port: to })));
    while (this.proxy.router.endpoints.available[1] !== 1) await settled(1);
  }
}

const LARGEST_WINDOW = 0x7fffffff;

/** A node of a test, and who has called it. */
const badNode = async () => {
  const sockets: Socket[] = [];
  const calls: Dialogue[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    calls.push(new Dialogue((onFrame) => new RawPeer(socket, true, onFrame)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    called: async (): Promise<Dialogue> => {
      while (calls.length === 0) await settled(1);
      return calls[0]!;
    },
    close: async (): Promise<void> => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};

/** The second endpoint for sessions that say so, and the first for them, too, where the second may not be chosen. */
const bySession: Policy = {
  name: 'by-session',
  pick: ({ session }, { candidates, candidateCount }) => ({
    kind: 'pick',
    endpoint: session === 'bad' && candidates.subarray(0, candidateCount).includes(1) ? 1 : 0,
    costMs: Number.NaN,
    predictedMs: Number.NaN,
  }),
};
