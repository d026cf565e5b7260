import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BlockShapes } from '../../../router/http2/block-shapes.ts';
import { FieldList } from '../../../router/http2/field-list.ts';
import { HpackDecoder } from '../../../router/http2/hpack/hpack-decoder.ts';
import { encodeFields } from '../../../router/http2/hpack/hpack-encoder.ts';
import { judged, type KnownBlock } from '../../../router/http2/known-block.ts';
import { newKnownBlocks } from '../../../router/http2/known-blocks.ts';
import { blockOf, connectionOf, headers, REQUEST } from './connection-under-test.ts';
import { frame } from './raw-frames.ts';

interface Field {
  readonly name: string;
  readonly value: string;
}

/** Literals as they are, without Huffman's code; long ones have a length of several bytes. */
const uncoded = (fields: readonly Field[]): Buffer =>
  Buffer.concat(
    fields.flatMap(({ name, value }) => [Buffer.of(0), lengthOf(name), latin1(name), lengthOf(value), latin1(value)]),
  );

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const lengthOf = ({ length }: string): Buffer =>
  length < 0x7f ? Buffer.of(length) : Buffer.of(0x7f, ((length - 0x7f) & 0x7f) | 0x80, (length - 0x7f) >> 7);

const request = Object.entries(REQUEST).map(([name, value]) => ({ name, value }));
const value = fc.oneof(
  { weight: 2, arbitrary: fc.stringMatching(/^[0-9a-f]{0,32}$/) },
  fc.constantFrom('', ' ', ' a', 'a ', 'a b', 'trailers', '3', 'x'.repeat(126), 'y'.repeat(127), 'z'.repeat(300)),
  fc.constantFrom(...['\n', '\0', ' ', '\x01', '\xff'].map((end) => '0'.repeat(30) + end)), // shorter in Huffman's code
  fc.string({ maxLength: 6, unit: 'binary-ascii' }),
);
const USUAL: readonly string[] = ['grpc-timeout', 'traceparent', 'x-request-id'];
const name = fc.constantFrom(...USUAL, 'te', 'content-length', 'connection', 'X');

test('a block means the same whether blocks of its shape came before or none did, also where a byte of it is another', () => {
  const block = fc.record({
    names: fc.oneof({ weight: 4, arbitrary: fc.constant(USUAL) }, fc.array(name, { maxLength: 4 })),
    values: fc.array(value, { minLength: 4, maxLength: 4 }),
    byte: fc.option(fc.tuple(fc.nat(200), fc.nat(255)), { freq: 3 }),
    isLast: fc.boolean(),
  });
  const blocks = fc.array(block, { minLength: 3, maxLength: 20 });
  const limits = { listBytes: 700, fields: 7 };
  fc.assert(
    fc.property(blocks, fc.boolean(), (blocks, isCoded) => {
      const learned = newKnownBlocks(1 << 16);
      for (const { names, values, byte, isLast } of blocks) {
        const fields = values.slice(0, names.length).map((value, at) => ({ name: names[at]!, value }));
        const bytes = Buffer.concat([encodeFields(request), isCoded ? encodeFields(fields) : uncoded(fields)]);
        if (byte !== null && byte[0] < bytes.length) bytes[byte[0]] = byte[1];
        const sent = frame(1, isLast ? 5 : 4, 3, Buffer.concat([Buffer.of(0x20), bytes]));
        const one = connectionOf('server', { limits, blocks: learned });
        const fresh = connectionOf('server', { limits });
        for (const { say } of [one, fresh]) say(headers(1, REQUEST)); // each block of a connection stands alone from the second one on
        expect(one.say(sent)).toEqual(fresh.say(sent));
        expect(one.told).toEqual(fresh.told);
      }
    }),
    { numRuns: 60 },
  );
});

const decoded = (block: Buffer): KnownBlock => {
  const fields = new FieldList();
  const decoder = new HpackDecoder({ listBytes: 1000, fields: 10 });
  expect(decoder.decode(block, 0, block.length, fields.add).kind).toBe('whole');
  fields.block = block;
  fields.blockTo = block.length;
  return judged(fields);
};

const learnt = (...blocks: readonly Buffer[]): BlockShapes => {
  const shapes = new BlockShapes();
  for (const block of blocks) if (shapes.find(block, 0, block.length) === null) shapes.learn(decoded(block), 1000);
  return shapes;
};

test('two requests that differ in some values give a shape, which tells what a third one has', () => {
  const call = (timeout: string, id: string): Buffer =>
    blockOf({ ...REQUEST, 'grpc-timeout': timeout, 'x-kept': 'yes', 'x-request-id': id });
  const shapes = learnt(call('1S', 'aaa'), call('2S', 'aaa'));
  const third = call('12345678u', 'aaa');
  const { fields, isRequest } = shapes.find(third, 0, third.length)!.known;
  expect(isRequest).toBe(true);
  expect(['grpc-timeout', 'x-kept', 'x-request-id'].map((name) => fields.value(name))).toEqual([
    '12345678u',
    'yes',
    'aaa',
  ]);
  expect(fields.lengthAt(fields.at('grpc-timeout'))).toBe(9);
  const other = call('3S', 'bbb');
  expect(shapes.find(other, 0, other.length)).toBeNull();
  shapes.learn(decoded(other), 1000);
  const last = call('4S', 'cccc');
  const ends = decoded(last).fields.ends;
  const wider = shapes.find(last, 0, last.length)!.known.fields;
  expect([wider.value('grpc-timeout'), wider.value('x-request-id'), wider.value('x-none')]).toEqual([
    '4S',
    'cccc',
    undefined,
  ]);
  expect(wider.ends).toEqual(ends);
});

test('what decides about rules is in no shape: the path, TE, a content-length; nor is a list above the limit', () => {
  const given: readonly Readonly<Record<string, string>>[] = [
    { ':path': '/b.C/D' },
    { te: 'x' },
    { 'content-length': '3' },
  ];
  for (const other of given) {
    const first = blockOf({ ...REQUEST, te: 'trailers', 'content-length': '0' });
    const second = blockOf({ ...REQUEST, te: 'trailers', 'content-length': '0', ...other });
    expect(learnt(first, second).find(second, 0, second.length)).toBeNull();
  }
  const [one, two] = ['a', 'b'].map((id) => blockOf({ ...REQUEST, 'x-request-id': id }));
  const small = new BlockShapes();
  for (const block of [one!, two!]) small.learn(decoded(block), 240);
  const long = blockOf({ ...REQUEST, 'x-request-id': 'a'.repeat(60) });
  expect(small.find(two!, 0, two!.length)).not.toBeNull();
  expect(small.find(long, 0, long.length)).toBeNull();
});
