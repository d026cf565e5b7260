import { expect } from 'vitest';
import type { RawServer } from '../../../contract/data-path/raw-http2.ts';
import { data, headers, REQUEST } from '../../http2/connection-under-test.ts';
import { type CreateDataPath, type LoopbackProxy, proxyOf } from '../loopback.ts';
import { Dialogue } from './dialogue.ts';
import { echoNode } from './echo-node.ts';

/** What a client does that breaks a rule, or may look as if it did, and how it is answered. */
export interface ClientCase {
  /** The section of RFC 9113, or `RFC 7541 ` and that of HPACK; a colon; what the client does. */
  readonly name: string;
  /** A request that is answered before anything else is sent. */
  readonly before?: readonly Buffer[];
  readonly frames: readonly Buffer[];
  /** In the words of `Dialogue.heard`. */
  readonly answer: string;
}

/** A request that the node of the bench answers. */
export const GRPC = {
  ...REQUEST,
  ':path': '/test.Echo/Generate',
  'content-type': 'application/grpc',
  te: 'trailers',
} as const;

/** A router before one node, with clients that break rules beside one that keeps them. */
export class ClientBench {
  readonly proxy: LoopbackProxy;
  readonly #node: RawServer;
  readonly #bystander: Dialogue;
  #lastStream = 1;

  private constructor(proxy: LoopbackProxy, node: RawServer, bystander: Dialogue) {
    this.proxy = proxy;
    this.#node = node;
    this.#bystander = bystander;
  }

  static async of(create: CreateDataPath): Promise<ClientBench> {
    const node = await echoNode();
    const proxy = await proxyOf([node.port], { create });
    const bystander = await Dialogue.with(proxy.port);
    bystander.say(headers(1, GRPC)); // stays open, over all that others do
    return new ClientBench(proxy, node, bystander);
  }

  /** What a client hears on its first streams and of its connection, which goes on unless it hears so. */
  async heardAfter({ before = [], frames }: Omit<ClientCase, 'name' | 'answer'>): Promise<string> {
    const client = await Dialogue.with(this.proxy.port);
    try {
      if (before.length > 0) {
        client.say(...before);
        expect(await client.ended(1)).toBe(true);
      }
      client.say(...frames);
      await client.settled();
      if (!client.isClosed && !client.hasGoaway) {
        client.say(headers(LATER_STREAM, GRPC, true));
        if (await client.ended(LATER_STREAM)) {
          expect(client.heard((stream) => stream === LATER_STREAM)).toContain('grpc-status 0');
        }
      }
      if (client.hasGoaway) await client.until(() => client.isClosed);
      return client.heard((stream) => stream !== LATER_STREAM);
    } finally {
      client.close();
    }
  }

  /** How many connections the node has had. */
  get nodeConnections(): number {
    return this.#node.peers.length;
  }

  /** Claims that another client is served, and that its open stream has not ended. */
  async expectOthersWell(): Promise<void> {
    this.#lastStream += 2;
    const stream = this.#lastStream;
    this.#bystander.say(headers(stream, GRPC), data(stream, 'well', true));
    await this.#bystander.ended(stream);
    expect(this.#bystander.heard((one) => one === stream || one === 1)).toBe('"well", grpc-status 0');
  }

  async close(): Promise<void> {
    this.#bystander.close();
    await this.proxy.close();
    this.#node.close();
  }
}

/** Above those of all cases. */
const LATER_STREAM = 0x1001;
