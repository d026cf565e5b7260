import { expect } from 'vitest';
import type { LoopbackProxy } from '../io/loopback.ts';
import { settled } from '../io/loopback.ts';
import type { ByteClient, ByteReply, CallKind } from './byte-client.ts';
import { ECHO_HEADER, ECHO_TRAILER, messageOf, RECEIVED_TRAILER, sumOf } from './byte-plan.ts';
import type { ByteServer } from './byte-server.ts';

export interface InteropBench {
  readonly client: ByteClient;
  readonly server: ByteServer;
  readonly proxy: LoopbackProxy;
}

/** gRPC's interop cases by their names. Source: grpc/doc/interop-test-descriptions.md. Each resolves, or throws where it fails. */
export const INTEROP_CASES: Readonly<Record<string, (bench: InteropBench) => Promise<void>>> = {
  empty_unary: ({ client }) => judged(client, 'one', [0], [0]),
  large_unary: ({ client }) => judged(client, 'one', [271_828], [314_159]),
  client_streaming: ({ client }) => judged(client, 'collect', [27_182, 8, 1828, 45_904], [74_922]),
  server_streaming: ({ client }) => judged(client, 'expand', [0], [31_415, 9, 2653, 58_979]),

  ping_pong: async ({ client }) => {
    const [up, down] = [
      [27_182, 8, 1828, 45_904],
      [31_415, 9, 2653, 58_979],
    ] as const;
    let answered = 0;
    let heard = Promise.withResolvers<void>();
    const messages = (async function* () {
      for (const [index, bytes] of up.entries()) {
        yield messageOf(1, index, bytes);
        await heard.promise;
        heard = Promise.withResolvers();
      }
    })();
    const onMessage = (message: Buffer): void => {
      expect(message.length).toBe(down[answered++]);
      heard.resolve();
    };
    const reply = await client.call('talk', { messages, plan: { sizes: down, seed: 2 }, onMessage });
    expect(reply.code).toBe(0);
    expect(reply.trailers(RECEIVED_TRAILER)).toBe(sumOf(up.map((bytes, index) => messageOf(1, index, bytes))));
    expect(answered).toBe(4);
  },

  empty_stream: ({ client }) => judged(client, 'talk', [], []),

  cancel_after_begin: async ({ client, ...rest }) => {
    const cancel = new AbortController();
    const stillThere = (): number => rest.server.begun() - rest.server.cancelled();
    const before = stillThere();
    const reply = client.call('collect', { messages: unending(), plan: { staysOpen: true }, signal: cancel.signal });
    setImmediate(() => cancel.abort());
    expect((await reply).code).toBe(CANCELLED);
    await nothingOpen(rest);
    while (stillThere() > before) await settled(5);
  },

  cancel_after_first_response: async ({ client, ...rest }) => {
    const cancel = new AbortController();
    const messages = (async function* () {
      yield messageOf(1, 0, 27_182);
      yield* unending();
    })();
    const before = rest.server.cancelled();
    const options = { messages, plan: { sizes: [31_415], staysOpen: true }, signal: cancel.signal };
    const reply = await client.call('talk', { ...options, onMessage: () => cancel.abort() });
    expect(reply.code).toBe(CANCELLED);
    await nothingOpen(rest);
    while (rest.server.cancelled() === before) await settled(5);
  },

  timeout_on_sleeping_server: async ({ client, ...rest }) => {
    const messages = (async function* () {
      yield messageOf(1, 0, 27_182);
      yield* unending();
    })();
    const reply = await client.call('talk', { messages, plan: { staysOpen: true }, deadlineMs: 150 });
    expect(reply.code).toBe(DEADLINE_EXCEEDED);
    await nothingOpen(rest);
  },

  custom_metadata: async ({ client }) => {
    const binary = Buffer.from('ababab', 'hex');
    for (const kind of ['one', 'talk'] as const) {
      const reply = await client.call(kind, {
        messages: [messageOf(1, 0, 271_828)],
        plan: { sizes: [314_159] },
        metadata: [
          [ECHO_HEADER, 'test_initial_metadata_value'],
          [ECHO_TRAILER, binary],
        ],
      });
      expect(reply.code).toBe(0);
      expect(reply.headers(ECHO_HEADER)).toBe('test_initial_metadata_value');
      expect(reply.trailers(ECHO_TRAILER)).toEqual(binary);
    }
  },

  status_code_and_message: ({ client }) => statusIs(client, 'test status message'),
  special_status_message: ({ client }) =>
    statusIs(client, '\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP \u{1f608}\t\n'),

  unimplemented_method: async ({ client }) => {
    const reply = await client.call('missing', { messages: [Buffer.alloc(0)] });
    expect(reply.code).toBe(UNIMPLEMENTED);
  },

  unimplemented_service: async ({ client }) => {
    const reply = await client.call('one', { messages: [Buffer.alloc(0)], isAbsent: true });
    expect(reply.code).toBe(UNIMPLEMENTED);
  },

  concurrent_large_unary: async ({ client }) => {
    await Promise.all(Array.from({ length: 16 }, (_, seed) => judged(client, 'one', [271_828], [314_159], seed)));
  },
};

/** A call comes to OK; the messages of both directions are what was sent. */
const judged = async (
  client: ByteClient,
  kind: CallKind,
  up: readonly number[],
  down: readonly number[],
  seed = 1,
): Promise<void> => {
  const messages = up.map((bytes, index) => messageOf(seed, index, bytes));
  const reply = await client.call(kind, { messages, plan: { sizes: down, seed: seed + 1 } });
  expect(reply.code).toBe(0);
  expect(reply.trailers(RECEIVED_TRAILER)).toBe(sumOf(messages));
  expect(sumOf(reply.messages)).toBe(sumOf(down.map((bytes, index) => messageOf(seed + 1, index, bytes))));
};

const statusIs = async (client: ByteClient, text: string): Promise<void> => {
  for (const kind of ['one', 'talk'] as const) {
    const reply: ByteReply = await client.call(kind, { messages: [Buffer.alloc(0)], plan: { code: 2, text } });
    expect([reply.code, reply.text]).toEqual([2, text]);
  }
};

/** A stream that its client leaves open. */
async function* unending(): AsyncGenerator<Buffer> {
  await new Promise(() => {});
}

const nothingOpen = async ({ proxy }: Pick<InteropBench, 'proxy'>): Promise<void> => {
  while (proxy.counters().active > 0 || proxy.router.endpoints.outstanding[0]! > 0) await settled(5);
};

const CANCELLED = 1;
const DEADLINE_EXCEEDED = 4;
const UNIMPLEMENTED = 12;
