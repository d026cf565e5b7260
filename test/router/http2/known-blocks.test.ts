import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeFields } from '../../../router/http2/hpack/hpack-encoder.ts';
import { newKnownBlocks } from '../../../router/http2/known-blocks.ts';
import { blockOf, connectionOf, headers, REQUEST } from './connection-under-test.ts';
import { frame } from './raw-frames.ts';

const LIMITS = { fields: 6, resets: { burst: 1e6, perS: 1e6 } };

/** Blocks that are right and wrong, as a head and as trailers, some of them too large. */
const BLOCKS: readonly Readonly<Record<string, string>>[] = [
  REQUEST,
  { ...REQUEST, 'content-length': '0' },
  { ...REQUEST, 'content-length': '3' },
  { ...REQUEST, a: '1', b: '2', c: '3' },
  { ...REQUEST, connection: 'close' },
  { ':status': '200' },
  { 'grpc-status': '0' },
  { 'Grpc-Status': '0' },
  {},
];

test('a block that was met before means what it meant, whatever comes between: with a cache and without one', () => {
  const step = fc.record({ block: fc.nat(BLOCKS.length - 1), isLast: fc.boolean(), isNew: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const [cached, plain] = [1 << 20, 0].map((bytes) =>
        connectionOf('server', { limits: LIMITS, blocks: newKnownBlocks(bytes) }),
      );
      let stream = -1;
      for (const { block, isLast, isNew } of steps) {
        if (isNew || stream < 0) stream += 2;
        const bytes = frame(1, isLast ? 5 : 4, stream, Buffer.concat([FIRST, blockOf(BLOCKS[block]!)]));
        expect(cached!.say(bytes)).toEqual(plain!.say(bytes));
        expect(cached!.told).toEqual(plain!.told);
      }
    }),
    { numRuns: 300 },
  );
});

/** An update of the table to 0, which every block may begin with. */
const FIRST = Buffer.of(0x20);

test('connections that share blocks decode a block once, and keep no secret', () => {
  const blocks = newKnownBlocks(1 << 20);
  const [one, two] = [connectionOf('server', { blocks }), connectionOf('server', { blocks })];
  one.say(headers(1, REQUEST), headers(3, REQUEST));
  const { bytes } = blocks;
  expect(bytes).toBeGreaterThan(0);
  two.say(headers(1, REQUEST), headers(3, REQUEST));
  expect(blocks.bytes).toBe(bytes);
  expect(two.told).toEqual(one.told);
  const fields = [...Object.entries(REQUEST)].map(([name, value]) => ({ name, value, isSensitive: false }));
  const secret = encodeFields([...fields, { name: 'authorization', value: 'secret', isSensitive: true }]);
  two.say(frame(1, 4, 5, secret), frame(1, 4, 7, secret));
  expect(two.told.at(-1)).toMatch(/^head 7: .* authorization=secret$/);
  expect(blocks.bytes).toBe(bytes);
});

test('before the peer has confirmed that it uses no table, equal bytes may be other fields', () => {
  const { told, say } = connectionOf('server', { isNew: true, blocks: newKnownBlocks(1 << 20) });
  const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  say(preface, frame(4, 0, 0));
  const indexed = (value: string): Buffer =>
    Buffer.concat([blockOf(REQUEST), Buffer.of(0x40, 1), Buffer.from('x'), Buffer.of(1), Buffer.from(value)]);
  const newest = Buffer.concat([blockOf(REQUEST), Buffer.of(0xbe)]);
  for (const [index, value] of ['1', '2'].entries()) {
    say(frame(1, 5, 1 + 4 * index, indexed(value)), frame(1, 5, 3 + 4 * index, newest));
  }
  const values = told.filter((line) => line.startsWith('head')).map((line) => line.slice(-8));
  expect(values).toEqual([' x=1 last', ' x=1 last', ' x=2 last', ' x=2 last'].map((value) => value.slice(-8)));
});
