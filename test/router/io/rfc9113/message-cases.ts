import { data, headers, REQUEST } from '../../http2/connection-under-test.ts';
import { frame } from '../../http2/raw-frames.ts';
import { type ClientCase, GRPC } from './client-bench.ts';
import { block } from './odd-frames.ts';

const MALFORMED = 'RST_STREAM PROTOCOL_ERROR';

type Fields = Readonly<Record<string, string>>;

/** A request with those fields, whole. */
const whole = (...lists: readonly Fields[]): readonly Buffer[] => [frame(1, 5, 1, block(...lists))];
const without = (name: keyof typeof GRPC): Fields => {
  const { [name]: _, ...rest } = GRPC;
  return rest;
};
const malformed = (name: string, ...lists: readonly Fields[]): ClientCase => ({
  name,
  frames: whole(...lists),
  answer: MALFORMED,
});
/** A field, written without Huffman’s code whatever its bytes are. */
const literal = (name: string, value: string): Buffer =>
  Buffer.concat([
    Buffer.of(0, name.length),
    Buffer.from(name, 'latin1'),
    Buffer.of(value.length),
    Buffer.from(value, 'latin1'),
  ]);
const withField = (name: string, value: string): readonly Buffer[] => [
  frame(1, 5, 1, Buffer.concat([block(GRPC), literal(name, value)])),
];
const OF_THE_CONNECTION: readonly (readonly [string, string])[] = [
  ['connection', 'keep-alive'],
  ['connection', 'x-a'],
  ['keep-alive', 'timeout=5'],
  ['proxy-connection', 'keep-alive'],
  ['transfer-encoding', 'chunked'],
  ['upgrade', 'h2c'],
  ['te', 'trailers, deflate'],
];
const IN_NAMES: readonly (readonly [string, string])[] = [
  ['an upper case letter', 'x-Upper'],
  ['a space', 'x a'],
  ['a tab', 'x\ta'],
  ['a line end', 'x\na'],
  ['a zero', 'x\0a'],
  ['a byte above 0x7e', 'x\x80'],
  ['a delete', 'x\x7f'],
  ['a colon inside', 'x:a'],
];
const IN_VALUES: readonly (readonly [string, string])[] = [
  ['a zero', 'a\0b'],
  ['a line feed', 'a\nb'],
  ['a carriage return', 'a\rb'],
  ['a line of another field', 'a\r\nx-b: c'],
  ['a space before it', ' a'],
  ['a space behind it', 'a '],
  ['a tab before it', '\ta'],
  ['a tab behind it', 'a\t'],
];

/** Section 8: what makes a message, and what makes it malformed. A malformed request never reaches the node. */
export const messageCases: readonly ClientCase[] = [
  { name: '8.1: sends no body, and ends with its fields', frames: whole(GRPC), answer: 'grpc-status 0' },
  {
    name: '8.1: sends a body, in frames with and without a byte, and an end by itself',
    frames: [headers(1, GRPC), data(1, 'a'), data(1, ''), data(1, 'b'), data(1, '', true)],
    answer: '"ab", grpc-status 0',
  },
  {
    name: '8.1: sends trailers',
    frames: [headers(1, GRPC), data(1, 'a'), headers(1, { 'x-checksum': '1' }, true)],
    answer: '"a", grpc-status 0',
  },
  {
    name: '8.1: sends a second list of fields without an end',
    frames: [headers(1, GRPC), data(1, 'a'), headers(1, { 'x-a': '1' })],
    answer: MALFORMED,
  },
  {
    name: '8.1: sends trailers with a pseudo-header field',
    frames: [headers(1, GRPC), headers(1, { ':path': '/' }, true)],
    answer: MALFORMED,
  },
  {
    name: '8.1: sends trailers with upper case in a name',
    frames: [headers(1, GRPC), headers(1, { 'X-A': '1' }, true)],
    answer: MALFORMED,
  },
  {
    name: '8.1: sends trailers with a field of the connection',
    frames: [headers(1, GRPC), headers(1, { connection: 'close' }, true)],
    answer: MALFORMED,
  },
  {
    name: '8.1.1: says how long its body is',
    frames: [headers(1, { ...GRPC, 'content-length': '3' }), data(1, 'abc', true)],
    answer: '"abc", grpc-status 0',
  },
  {
    name: '8.1.1: says the same length twice',
    frames: [
      frame(1, 4, 1, block({ ...GRPC, 'content-length': '3' }, { 'content-length': '3' })),
      data(1, 'abc', true),
    ],
    answer: '"abc", grpc-status 0',
  },
  malformed('8.1.1: says two lengths of its body', { ...GRPC, 'content-length': '3' }, { 'content-length': '4' }),
  malformed('8.1.1: says a length that is no number', { ...GRPC, 'content-length': '3a' }),
  malformed('8.1.1: says a negative length', { ...GRPC, 'content-length': '-3' }),
  malformed('8.1.1: says a length, and has no body', { ...GRPC, 'content-length': '3' }),
  {
    name: '8.1.1: sends less than the length that it says, in two frames',
    frames: [headers(1, { ...GRPC, 'content-length': '4' }), data(1, 'a'), data(1, 'bc', true)],
    answer: MALFORMED,
  },
  {
    name: '8.1.1: sends more than the length that it says, in two frames',
    frames: [headers(1, { ...GRPC, 'content-length': '2' }), data(1, 'a'), data(1, 'bc', true)],
    answer: MALFORMED,
  },
  {
    name: '8.1.1: sends a body although it said that there is none',
    frames: [headers(1, { ...GRPC, 'content-length': '0' }), data(1, 'a', true)],
    answer: MALFORMED,
  },
  {
    name: '8.1.1: sends trailers before the length that it says',
    frames: [headers(1, { ...GRPC, 'content-length': '2' }), data(1, 'a'), headers(1, { 'x-a': '1' }, true)],
    answer: MALFORMED,
  },
  {
    name: '8.1.1: pads its body up to the length that it says',
    frames: [headers(1, { ...GRPC, 'content-length': '3' }), frame(0, 9, 1, Buffer.from('\x01a\0', 'latin1'))],
    answer: MALFORMED,
  },
  ...IN_NAMES.map(([what, name]) => ({
    name: `8.2.1: sends a name with ${what}`,
    frames: withField(name, 'a'),
    answer: MALFORMED,
  })),
  { name: '8.2.1: sends an empty name', frames: withField('', 'a'), answer: MALFORMED },
  ...IN_VALUES.map(([what, value]) => ({
    name: `8.2.1: sends a value with ${what}`,
    frames: withField('x-a', value),
    answer: MALFORMED,
  })),
  {
    name: '8.2.1: sends a :path with a line end',
    frames: whole({ ...GRPC, ':path': '/test.Echo/Generate\r\nx-b: c' }),
    answer: MALFORMED,
  },
  {
    name: '8.2.1: sends an empty value, and one with bytes above 0x7f',
    frames: whole(GRPC, { 'x-a': '', 'x-b': '\xe4\xff' }),
    answer: 'grpc-status 0',
  },
  ...OF_THE_CONNECTION.map(([name, value]) =>
    malformed(`8.2.2: sends a field of the connection, ${name}: ${value}`, without('te'), { [name]: value }),
  ),
  {
    name: '8.2.3: sends its cookie in crumbs',
    frames: whole(GRPC, { cookie: 'a=1' }, { cookie: 'b=2' }),
    answer: 'grpc-status 0',
  },
  malformed('8.3: sends a pseudo-header field that nobody knows', { ':x': 'a', ...GRPC }),
  malformed('8.3: sends a pseudo-header field of responses', { ':status': '200', ...GRPC }),
  malformed('8.3: sends a pseudo-header field behind a regular one', without(':path'), {
    ':path': '/test.Echo/Generate',
  }),
  malformed('8.3: sends an empty name that begins with a colon', { ':': 'a', ...GRPC }),
  malformed('8.3.1: sends no :method', without(':method')),
  malformed('8.3.1: sends no :scheme', without(':scheme')),
  malformed('8.3.1: sends no :path', without(':path')),
  malformed('8.3.1: sends an empty :path', { ...GRPC, ':path': '' }),
  malformed('8.3.1: sends :method twice', { ':method': 'POST' }, GRPC),
  malformed('8.3.1: sends :scheme twice', { ':scheme': 'http' }, GRPC),
  malformed('8.3.1: sends :path twice', { ':path': '/test.Echo/Generate' }, GRPC),
  malformed('8.3.1: sends :authority twice', { ':authority': 'x' }, GRPC),
  { name: '8.3.1: sends no :authority', frames: whole(without(':authority')), answer: 'grpc-status 0' },
  {
    name: '8.3.1: sends its fields in another order',
    frames: whole(
      { ':path': '/test.Echo/Generate', ':authority': 'x' },
      { ':scheme': 'http', ':method': 'POST' },
      { te: 'trailers', 'content-type': 'application/grpc' },
    ),
    answer: 'grpc-status 0',
  },
  {
    name: '8.3.1: asks with another method than POST',
    frames: whole({ ...GRPC, ':method': 'GET' }),
    answer: ':status 405',
  },
  { name: '8.3.1: asks for what is not gRPC', frames: whole(REQUEST), answer: ':status 415' },
  { name: '8.5: sends CONNECT', frames: whole({ ':method': 'CONNECT', ':authority': 'x:1' }), answer: ':status 405' },
  malformed('8.5: sends CONNECT with :scheme and :path', { ...GRPC, ':method': 'CONNECT' }),
  malformed('8.5: sends CONNECT without :authority', { ':method': 'CONNECT' }),
  malformed('8.6: sends CONNECT with a :protocol, which nobody offered', {
    ...GRPC,
    ':method': 'CONNECT',
    ':protocol': 'websocket',
  }),
];
