import { data, headers, ping, reset, settings, windowUpdate } from '../../http2/connection-under-test.ts';
import { frame } from '../../http2/raw-frames.ts';
import type { NodeCase } from './node-bench.ts';
import { block, inTwo, manySettings, padded } from './odd-frames.ts';

const HEAD = { ':status': '200', 'content-type': 'application/grpc' } as const;
const OK = { 'grpc-status': '0' } as const;

const head = (stream: number): Buffer => headers(stream, HEAD);
const trailers = (stream: number): Buffer => headers(stream, OK, true);
/** The node's half of the stream is closed, and the client has its answer. */
const answered = (stream: number): readonly Buffer[] => [head(stream), data(stream, 'a'), trailers(stream)];

const goaway = (lastStream: number): Buffer => frame(7, 0, 0, Buffer.of(0, 0, 0, lastStream, 0, 0, 0, 0));

/** What a node hears that takes no more requests, once those that it has taken are answered. */
export const LEFT = 'GOAWAY NO_ERROR';

/** The status of gRPC for a connection that is lost, and for an answer that the router had to reset. */
const LOST = 'grpc-status 14';
const RESET = 'grpc-status 13';

/** A request that a node says it has not taken is sent once more, to the other node. */
const AGAIN = 'grpc-status 0';

/** Frames that end the connection to the node. */
const ending = (name: string, code: string, frames: NodeCase['frames']): NodeCase => ({
  name,
  frames,
  node: `GOAWAY ${code}`,
  client: LOST,
});
/** An answer that is reset. */
const malformed = (name: string, frames: NodeCase['frames'], code = 'PROTOCOL_ERROR', client = RESET): NodeCase => ({
  name,
  frames,
  node: `RST_STREAM ${code}`,
  client,
});
/** An answer that is passed on. */
const fine = (name: string, frames: NodeCase['frames'], client = '"a", grpc-status 0'): NodeCase => ({
  name,
  frames,
  node: 'goes on',
  client,
});
/** An answer with a head that is malformed, whole. */
const badHead = (name: string, ...lists: readonly Readonly<Record<string, string>>[]): NodeCase =>
  malformed(name, (stream) => [frame(1, 5, stream, block(...lists))]);

/** The router as a client: what a node may send, and what it may not. */
export const nodeCases: readonly NodeCase[] = [
  fine('4.1: sends unknown frames beside its answer', (stream) => [
    frame(0x77, 0xff, stream, 'aa'),
    ...answered(stream),
    frame(0xee, 0, 0),
  ]),
  ending('4.2: sends DATA of more than 2^14 bytes', 'FRAME_SIZE_ERROR', (stream) => [
    head(stream),
    frame(0, 0, stream, Buffer.alloc(16_385)),
  ]),
  ending('4.3: sends a block that cannot be decoded', 'COMPRESSION_ERROR', (stream) => [frame(1, 4, stream, '20 80')]),
  fine('4.3: sends its head in HEADERS and CONTINUATIONs', (stream) => [
    ...inTwo(stream, block(HEAD), false),
    data(stream, 'a'),
    trailers(stream),
  ]),
  ending('5.1: sends DATA of a stream that was never opened', 'PROTOCOL_ERROR', (stream) => [data(stream + 100, 'a')]),
  ending('5.1: resets a stream that was never opened', 'PROTOCOL_ERROR', (stream) => [reset(stream + 100)]),
  ending('5.1: opens the window of a stream that was never opened', 'PROTOCOL_ERROR', (stream) => [
    windowUpdate(stream + 100, 5),
  ]),
  ending('5.1: answers on a stream that was never opened', 'PROTOCOL_ERROR', (stream) => [headers(stream + 100, HEAD)]),
  {
    ...ending('5.1: sends DATA after its answer', 'STREAM_CLOSED', (stream) => [
      ...answered(stream),
      data(stream, 'b'),
    ]),
    client: '"a", grpc-status 0',
  },
  {
    ...ending('5.1: sends HEADERS after its answer', 'STREAM_CLOSED', (stream) => [
      ...answered(stream),
      trailers(stream),
    ]),
    client: '"a", grpc-status 0',
  },
  fine('5.1: sends WINDOW_UPDATE, RST_STREAM and PRIORITY after its answer', (stream) => [
    ...answered(stream),
    windowUpdate(stream, 5),
    reset(stream),
    frame(2, 0, stream, '00000000ff'),
  ]),
  malformed('5.1: has sent more before it hears that its stream was reset', (stream) => [
    data(stream, 'too early'),
    data(stream, 'b'),
    trailers(stream),
    windowUpdate(stream, 5),
    reset(stream),
  ]),
  ending('5.1.1: opens a stream', 'PROTOCOL_ERROR', () => [headers(2, HEAD)]),
  ending('6.1: sends DATA on stream 0', 'PROTOCOL_ERROR', () => [frame(0, 0, 0, 'aa')]),
  fine('6.1: pads its answer', (stream) => [
    padded(1, 4, stream, block(HEAD), 7),
    padded(0, 0, stream, Buffer.from('a'), 255),
    padded(1, 5, stream, block(OK), 0),
  ]),
  ending('6.1: pads DATA by all of it', 'PROTOCOL_ERROR', (stream) => [
    head(stream),
    frame(0, 8, stream, '02 aabb'.replace('02', '03')),
  ]),
  ending('6.2: sends another frame before its block has ended', 'PROTOCOL_ERROR', (stream) => [
    frame(1, 0, stream, block(HEAD)),
    ping,
  ]),
  malformed(
    '6.3: sends PRIORITY of another length than 5',
    (stream) => [frame(2, 0, stream, '00')],
    'FRAME_SIZE_ERROR',
  ),
  ending('6.4: sends RST_STREAM of another length than 4', 'FRAME_SIZE_ERROR', (stream) => [frame(3, 0, stream, '00')]),
  ending('6.5: sends SETTINGS on a stream', 'PROTOCOL_ERROR', (stream) => [frame(4, 0, stream)]),
  ending('6.5: sends SETTINGS that are cut off', 'FRAME_SIZE_ERROR', () => [frame(4, 0, 0, '0003')]),
  ending('6.5.2: allows pushes', 'PROTOCOL_ERROR', () => [settings([2, 1])]),
  fine('6.5.2: sends SETTINGS that nobody knows, and that pushes are off', (stream) => [
    settings([0x99, 7], [2, 0]),
    ...answered(stream),
  ]),
  ending('6.5.2: asks for a window of 2^31', 'FLOW_CONTROL_ERROR', () => [settings([4, 0x80000000])]),
  ending('6.5.2: takes frames of 2^14 - 1', 'PROTOCOL_ERROR', () => [settings([5, 16_383])]),
  fine('6.5.2: sends many settings at once', (stream) => [manySettings(2000), ...answered(stream)]),
  ending('6.5.3: acknowledges SETTINGS that were not sent', 'PROTOCOL_ERROR', () => [frame(4, 1, 0)]),
  ending('6.6: pushes', 'PROTOCOL_ERROR', (stream) => [frame(5, 4, stream, '0000000282')]),
  ending('6.7: sends PING of another length than 8', 'FRAME_SIZE_ERROR', () => [frame(6, 0, 0, '00')]),
  {
    name: '6.8: says GOAWAY, and answers what it has taken',
    frames: (stream) => [goaway(stream), ...answered(stream)],
    node: LEFT,
    client: '"a", grpc-status 0',
  },
  {
    name: '6.8: says GOAWAY, and has not taken this request',
    frames: (stream) => [goaway(stream - 2)],
    node: LEFT,
    client: AGAIN,
  },
  ending('6.8: says GOAWAY for more streams than before', 'PROTOCOL_ERROR', (stream) => [
    goaway(stream),
    goaway(stream + 2),
  ]),
  ending('6.9: opens the window of the connection by 0', 'PROTOCOL_ERROR', () => [windowUpdate(0, 0)]),
  malformed('6.9: opens the window of a stream by 0', (stream) => [windowUpdate(stream, 0)]),
  ending('6.9.1: opens the window of the connection beyond 2^31 - 1', 'FLOW_CONTROL_ERROR', () => [
    windowUpdate(0, 0x7fffffff),
  ]),
  malformed(
    '6.9.1: opens the window of a stream beyond 2^31 - 1',
    (stream) => [windowUpdate(stream, 0x7fffffff)],
    'FLOW_CONTROL_ERROR',
  ),
  ending('6.10: sends a CONTINUATION without HEADERS', 'PROTOCOL_ERROR', (stream) => [frame(9, 4, stream, '20')]),
  fine('7: resets a stream with a code that nobody knows', (stream) => [frame(3, 0, stream, 'deadbeef')], RESET),
  fine('7: refuses a stream', (stream) => [reset(stream, 7)], AGAIN),
  fine('8.1: sends interim responses before its answer', (stream) => [
    headers(stream, { ':status': '100' }),
    headers(stream, { ':status': '103', link: '</a>' }),
    ...answered(stream),
  ]),
  malformed('8.1: ends with an interim response', (stream) => [headers(stream, { ':status': '100' }, true)]),
  malformed('8.1: sends DATA before its head', (stream) => [data(stream, 'a')]),
  malformed('8.1: sends DATA after an interim response alone', (stream) => [
    headers(stream, { ':status': '100' }),
    data(stream, 'a'),
  ]),
  malformed('8.1: sends an interim response behind its head', (stream) => [
    head(stream),
    headers(stream, { ':status': '100' }),
  ]),
  malformed('8.1: sends a second head', (stream) => [head(stream), head(stream)]),
  malformed('8.1: sends trailers with a pseudo-header field', (stream) => [
    head(stream),
    headers(stream, { ':status': '200', ...OK }, true),
  ]),
  malformed('8.1: sends trailers with a name in upper case', (stream) => [
    head(stream),
    headers(stream, { ...OK, 'X-A': 'b' }, true),
  ]),
  fine('8.1: answers, and then resets the stream without an error', (stream) => [
    ...answered(stream),
    reset(stream, 0),
  ]),
  fine('8.1.1: says how long its body is', (stream) => [
    headers(stream, { ...HEAD, 'content-length': '1' }),
    data(stream, 'a'),
    trailers(stream),
  ]),
  malformed('8.1.1: sends less than the length that it says', (stream) => [
    headers(stream, { ...HEAD, 'content-length': '9' }),
    trailers(stream),
  ]),
  malformed('8.1.1: says a length, and ends with its head', (stream) => [
    headers(stream, { ...HEAD, ...OK, 'content-length': '9' }, true),
  ]),
  malformed('8.1.1: sends more than the length that it says', (stream) => [
    headers(stream, { ...HEAD, 'content-length': '1' }),
    data(stream, 'ab'),
  ]),
  malformed('8.1.1: says two lengths of its body', (stream) => [
    frame(1, 4, stream, block(HEAD, { 'content-length': '1' }, { 'content-length': '2' })),
  ]),
  badHead('8.2.1: has upper case in a name', HEAD, OK, { 'X-A': 'b' }),
  badHead('8.2.1: has a line end in a value', HEAD, OK, { 'x-a': 'b\r\nc: d' }),
  badHead('8.2.2: has Connection', HEAD, OK, { connection: 'close' }),
  badHead('8.2.2: has Transfer-Encoding', HEAD, OK, { 'transfer-encoding': 'chunked' }),
  badHead('8.3: has a pseudo-header field of requests', { ':path': '/' }, HEAD, OK),
  badHead('8.3: has :status behind a regular field', OK, HEAD),
  badHead('8.3.2: has no :status', OK),
  badHead('8.3.2: has :status twice', { ':status': '200' }, HEAD, OK),
  badHead('8.3.2: has a :status of two digits', { ...HEAD, ':status': '20' }, OK),
  badHead('8.6: switches protocols', { ':status': '101' }),
  malformed(
    '10.5.1: sends a head that is larger than the router takes',
    (stream) => [frame(1, 4, stream, block(HEAD, { 'x-a': 'a'.repeat(9000), 'x-b': 'b'.repeat(9000) }))],
    'ENHANCE_YOUR_CALM',
    'grpc-status 8',
  ),
  ending('10.5.1: sends a block in too many pieces', 'ENHANCE_YOUR_CALM', (stream) => [
    frame(1, 0, stream, block(HEAD)),
    ...Array.from({ length: 9 }, () => frame(9, 0, stream, '')),
  ]),
  ending('10.5: floods with PING', 'ENHANCE_YOUR_CALM', () => Array.from({ length: 1200 }, () => ping)),
  ending('10.5: floods with SETTINGS', 'ENHANCE_YOUR_CALM', () => Array.from({ length: 1200 }, () => settings())),
  ending('10.5: floods with interim responses', 'ENHANCE_YOUR_CALM', (stream) => [
    ...Array.from({ length: 1200 }, () => headers(stream, { ':status': '102' })),
    ...answered(stream),
  ]),
  ending('10.5: floods with empty DATA', 'ENHANCE_YOUR_CALM', (stream) => [
    head(stream),
    ...Array.from({ length: 1200 }, () => data(stream, '')),
  ]),
];
