import * as grpc from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import type { CreateDataPath } from '../../router/io/loopback.ts';
import { dataPathBench, generate, statusIn } from './data-path-bench.ts';
import { HEADERS, type RawHeader, type RawPeer, rawServer } from './raw-http2.ts';

/** What a client is told where a node ends a stream without a status of gRPC. */
export const endingClaims = (create: CreateDataPath): void => {
  const { closed, proxyOf, session } = dataPathBench(create);
  const { INTERNAL, UNAVAILABLE, CANCELLED, RESOURCE_EXHAUSTED, PERMISSION_DENIED, UNKNOWN } = grpc.status;

  /** Of HTTP/2. */
  const REFUSED_STREAM = 7;

  const HEAD: readonly RawHeader[] = [
    [':status', '200'],
    ['content-type', 'application/grpc'],
  ];

  /** How far an answer may be when it ends. */
  const BEFORE: Readonly<Record<string, (peer: RawPeer, stream: number) => void>> = {
    'before its headers': () => {},
    'after its headers': (peer, stream) => peer.headers(stream, HEAD),
    'after a message': (peer, stream) => {
      peer.headers(stream, HEAD);
      peer.data(stream, Buffer.alloc(5));
    },
  };

  /** The statuses of as many requests, each to a node that says `words[i]` to the one with that number. */
  const statuses = async (words: readonly ((peer: RawPeer, stream: number) => void)[]): Promise<number[]> => {
    let heard = 0;
    const answer = ({ stream }: { readonly stream: number }, peer: RawPeer): void => words[heard++]!(peer, stream);
    const node = closed(await rawServer((frame, peer) => void (frame.type === HEADERS && answer(frame, peer))));
    const proxy = await proxyOf([node.port], { maxAttempts: 1 });
    const client = session(proxy.port);
    const told: number[] = [];
    for (const _ of words) told.push(Number(await statusIn(generate(client))));
    expect(proxy.counters()).toMatchObject({ requests: words.length, answered: 0, active: 0 });
    return told;
  };

  describe.each(Object.entries(BEFORE))('an answer that a node ends %s', (_when, before) => {
    test('by a reset has the status of its code in gRPC’s mapping (PROTOCOL-HTTP2.md, Errors)', async () => {
      const mapped = [
        ...[INTERNAL, INTERNAL, INTERNAL, INTERNAL, INTERNAL, INTERNAL, INTERNAL], // NO_ERROR to FRAME_SIZE_ERROR
        ...[UNAVAILABLE, CANCELLED, INTERNAL, INTERNAL, RESOURCE_EXHAUSTED, PERMISSION_DENIED, INTERNAL],
      ];
      const words = mapped.map((_, code) => (peer: RawPeer, stream: number): void => {
        before(peer, stream);
        peer.reset(stream, code);
      });
      // What no server has seen is sent once more: see `attempts.ts`.
      const isUnseen = (code: number): boolean => code === REFUSED_STREAM && before === BEFORE['before its headers'];
      const seen = [...mapped.keys()].filter((code) => !isUnseen(code));
      expect(await statuses(seen.map((code) => words[code]!))).toEqual(seen.map((code) => mapped[code]!));
    });
  });

  test.each([0, 2])(
    'a reset with code %i counts more than the loss of the connection right behind it',
    async (code) => {
      const told = await statuses([
        (peer, stream) => {
          peer.headers(stream, HEAD);
          peer.reset(stream, code);
          peer.socket.end();
        },
      ]);
      expect(told).toEqual([INTERNAL]);
    },
  );

  test('an answer that ends without trailers is INTERNAL, and one whose trailers have no status is UNKNOWN', async () => {
    const told = await statuses([
      (peer, stream) => {
        peer.headers(stream, HEAD);
        peer.data(stream, Buffer.alloc(5), true);
      },
      (peer, stream) => {
        peer.headers(stream, HEAD);
        peer.data(stream, Buffer.alloc(0), true);
      },
      (peer, stream) => {
        peer.headers(stream, HEAD);
        peer.data(stream, Buffer.alloc(5));
        peer.headers(stream, [['x-other', '1']], true);
      },
      (peer, stream) => peer.headers(stream, HEAD, true),
    ]);
    expect(told).toEqual([INTERNAL, INTERNAL, UNKNOWN, UNKNOWN]);
  });
};
