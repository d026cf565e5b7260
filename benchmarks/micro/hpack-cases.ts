import type { BlockShape } from '../../router/http2/block-shape.ts';
import { BlockShapes } from '../../router/http2/block-shapes.ts';
import { FieldList } from '../../router/http2/field-list.ts';
import { DecodedBlocks } from '../../router/http2/hpack/decoded-blocks.ts';
import { HpackDecoder } from '../../router/http2/hpack/hpack-decoder.ts';
import { encodeFields, type HeaderField } from '../../router/http2/hpack/hpack-encoder.ts';
import { KnownStrings } from '../../router/http2/hpack/known-strings.ts';
import { judged } from '../../router/http2/known-block.ts';
import { type Case, sink } from './case.ts';

/** The headers of a gRPC request, one of them other in every call. */
const fieldsOf = (trace: string): readonly HeaderField[] => [
  { name: ':method', value: 'POST' },
  { name: ':scheme', value: 'http' },
  { name: ':path', value: '/starlane.inference.v1.Inference/Generate' },
  { name: ':authority', value: 'router:50051' },
  { name: 'content-type', value: 'application/grpc' },
  { name: 'te', value: 'trailers' },
  { name: 'user-agent', value: 'grpc-node-js/1.14.0' },
  { name: 'grpc-timeout', value: '29999m' },
  { name: 'traceparent', value: trace },
];

/** A thousand of them, so that a cache that is asked for others does not know them. */
const traces = Array.from(
  { length: 1000 },
  (_, index) => `00-${String(index).padStart(32, '4bf9')}-00f067aa0ba902b7-01`,
);

/** Header blocks of gRPC requests: decoded and encoded, and found in the cache. */
export const hpackCases = (): readonly Case[] => {
  const decoder = new HpackDecoder({ listBytes: 16_384, fields: 100 });
  const knowing = new HpackDecoder({ listBytes: 16_384, fields: 100 }, new KnownStrings());
  const decoded = new DecodedBlocks<readonly HeaderField[]>(1 << 20);
  const fields = fieldsOf(traces[0]!);
  const block = encodeFields(fields);
  const lists = traces.map(fieldsOf);
  const blocks = lists.map(encodeFields);
  const onField = (name: string): void => {
    sink.value += name.length;
  };
  decoded.keep(block, 0, block.length, fields, 400);
  const shape = shapeOf(blocks[0]!, blocks[1]!);
  let index = 0;
  // The last field is written without Huffman's code, so that its digits can be changed in place.
  const number = Buffer.concat([Buffer.of(0, 12), Buffer.from('x-request-id'), Buffer.of(10), Buffer.alloc(10)]);
  const fresh = Buffer.concat([block, number]);
  let count = 0;
  return [
    { name: 'hpack: decode a request', run: () => void decoder.decode(block, 0, block.length, onField) },
    {
      name: 'hpack: decode requests that differ',
      run: () => {
        index = (index + 1) % blocks.length;
        decoder.decode(blocks[index]!, 0, blocks[index]!.length, onField);
      },
    },
    {
      name: 'hpack: decode requests of which one field never came before, and the others did',
      run: () => {
        fresh.write(`${++count}`.padStart(10, '0'), fresh.length - 10, 'latin1');
        knowing.decode(fresh, 0, fresh.length, onField);
      },
    },
    {
      name: 'hpack: match a request with the shape of others',
      run: () => {
        index = (index + 1) % blocks.length;
        if (!shape.match(blocks[index]!, 0, blocks[index]!.length)) throw new Error('it has another shape');
      },
    },
    {
      name: 'hpack: find a decoded request',
      run: () => {
        sink.value = decoded.find(block, 0, block.length)!.length;
      },
    },
    {
      name: 'hpack: encode requests that differ',
      run: () => {
        index = (index + 1) % lists.length;
        sink.value = encodeFields(lists[index]!).length;
      },
    },
  ];
};

const shapeOf = (...blocks: readonly Buffer[]): BlockShape => {
  const shapes = new BlockShapes();
  for (const block of blocks) {
    const list = new FieldList();
    new HpackDecoder({ listBytes: 16_384, fields: 100 }).decode(block, 0, block.length, list.add);
    list.block = block;
    list.blockTo = block.length;
    shapes.learn(judged(list), 16_384);
  }
  return shapes.find(blocks[0]!, 0, blocks[0]!.length)!;
};
