import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FieldList } from '../../../../router/http2/field-list.ts';
import { HpackDecoder } from '../../../../router/http2/hpack/hpack-decoder.ts';
import { encodeFields, NO_DYNAMIC_TABLE } from '../../../../router/http2/hpack/hpack-encoder.ts';
import { FrameProxy } from '../../../../router/io/frame-proxy/frame-proxy.ts';
import { dataPathBench, until } from '../../../contract/data-path/data-path-bench.ts';
import {
  DATA,
  END_STREAM,
  HEADERS,
  type RawPeer,
  RST_STREAM,
  rawClient,
  rawServer,
} from '../../../contract/data-path/raw-http2.ts';

/*
 * Any list of fields that HTTP/2 allows arrives as it is, in its order, and what must never be indexed stays so (RFC 7541 7.1.3).
 */

const { closed, proxyOf } = dataPathBench((options) => new FrameProxy(options));

interface Field {
  readonly name: string;
  readonly value: string;
  readonly isSensitive: boolean;
}

const name = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^x-[a-z0-9_.!#$%&'*+^`|~-]{0,30}$/) },
  fc.stringMatching(/^[a-z]{3,12}-bin$/),
  fc.constantFrom(
    'cookie',
    'user-agent',
    'authorization',
    'traceparent',
    'grpc-accept-encoding',
    'accept',
    'set-cookie',
  ),
);
/** Any byte that a value may have; no white space at its ends. */
const octets = fc
  .array(
    fc.oneof(fc.integer({ min: 0x21, max: 0x7e }), fc.constantFrom(0x09, 0x20), fc.integer({ min: 0x80, max: 0xff })),
  )
  .map((codes) => String.fromCharCode(...codes).replace(/^[\t ]+|[\t ]+$/g, ''));
const value = fc.oneof(
  { weight: 4, arbitrary: octets },
  fc.base64String({ maxLength: 400 }),
  fc.constantFrom('', 'a=b', '~'.repeat(3000), '0'.repeat(7000)),
);
const field: fc.Arbitrary<Field> = fc.record({ name, value, isSensitive: fc.boolean() });

/** Below the limits of the router, with what the test itself and the router add. */
const lists = fc.array(field, { maxLength: 85, size: 'max' }).map((list) => {
  let bytes = 0;
  return list.filter(({ name, value }) => {
    bytes += name.length + value.length + 32;
    return bytes <= MOST_BYTES;
  });
});
const MOST_BYTES = 15_500;

const plain = (fields: Readonly<Record<string, string>>): Field[] =>
  Object.entries(fields).map(([name, value]) => ({ name, value, isSensitive: false }));

const REQUEST = plain({
  ':method': 'POST',
  ':scheme': 'http',
  ':path': '/test.Echo/Generate',
  ':authority': 'router',
  'content-type': 'application/grpc',
});
const ANSWER = plain({ ':status': '200', 'content-type': 'application/grpc' });
const STATUS = plain({ 'grpc-status': '0' });

const send = (peer: RawPeer, stream: number, fields: readonly Field[], isLast: boolean): void =>
  peer.send(HEADERS, 4 | (isLast ? END_STREAM : 0), stream, Buffer.concat([NO_DYNAMIC_TABLE, encodeFields(fields)]));

/** The fields of a block, but for those that only this test and the router itself add. */
const fieldsIn = (decoder: HpackDecoder, block: Buffer): readonly Field[] => {
  const list = new FieldList();
  expect(decoder.decode(block, 0, block.length, list.add).kind).toBe('whole');
  return Array.from({ length: list.length }, (_, at) => ({
    name: list.names[at]!,
    value: list.valueAt(at),
    isSensitive: list.sensitive[at]!,
  })).filter(({ name }) => !/^:|^te$|^content-type$|^grpc-status$|^x-starlane-/.test(name));
};

const newDecoder = (): HpackDecoder => new HpackDecoder({ listBytes: 1 << 20, fields: 1000 });

test('a list of any fields arrives at the node equal, and comes back equal, in headers and in trailers', async () => {
  let heard: readonly Field[] = [];
  let answer: { readonly head: readonly Field[]; readonly trailers: readonly Field[] };
  const nodeDecoder = newDecoder();
  const node = closed(
    await rawServer((frame, peer) => {
      if (frame.type === HEADERS) heard = fieldsIn(nodeDecoder, frame.payload);
      if (frame.type !== DATA || (frame.flags & END_STREAM) === 0) return;
      send(peer, frame.stream, [...ANSWER, ...answer.head], false);
      peer.data(frame.stream, Buffer.alloc(5));
      send(peer, frame.stream, [...STATUS, ...answer.trailers], true);
    }),
  );
  const proxy = await proxyOf([node.port]);
  const client = closed(await rawClient(proxy.port));
  const clientDecoder = newDecoder();
  let stream = -1;
  await fc.assert(
    fc.asyncProperty(lists, lists, lists, fc.boolean(), async (up, head, trailers, saysTe) => {
      stream += 2;
      answer = { head, trailers };
      const before = client.frames.length;
      send(client, stream, [...REQUEST, ...(saysTe ? plain({ te: 'trailers' }) : []), ...up], false);
      client.data(stream, Buffer.alloc(5), true);
      const isEnd = ({ type, flags }: { type: number; flags: number }): boolean =>
        type === RST_STREAM || (type === HEADERS && (flags & END_STREAM) !== 0);
      await until(() => client.frames.slice(before).some((frame) => frame.stream === stream && isEnd(frame)));
      const blocks = client.frames.slice(before).filter((frame) => frame.type === HEADERS);
      expect(heard).toEqual(up);
      expect(blocks.map(({ payload }) => fieldsIn(clientDecoder, payload))).toEqual([head, trailers]);
    }),
    { numRuns: 150, endOnFailure: true },
  );
  expect(node.peers).toHaveLength(1);
});
