import { data, headers, reset, windowUpdate } from '../../http2/connection-under-test.ts';
import { frame } from '../../http2/raw-frames.ts';
import { type ClientCase, GRPC } from './client-bench.ts';
import { block } from './odd-frames.ts';

const open = headers(1, GRPC);
/** The client has sent all: its half of the stream is closed, and there is no answer yet. */
const ended = headers(1, GRPC, true);
const priority = (stream: number, on = 0): Buffer => {
  const five = Buffer.alloc(5);
  five.writeUInt32BE(on);
  return frame(2, 0, stream, five);
};
/** Has the router reset stream 1, while frames of it are under way. */
const broken = [open, windowUpdate(1, 0)];
const trailers = headers(1, { 'x-a': 'b' }, true);

/** Section 5: what may come on a stream, by its state. */
export const streamCases: readonly ClientCase[] = [
  { name: '5.1: idle: sends DATA', frames: [data(1, 'a')], answer: 'GOAWAY PROTOCOL_ERROR' },
  { name: '5.1: idle: sends RST_STREAM', frames: [reset(1)], answer: 'GOAWAY PROTOCOL_ERROR' },
  { name: '5.1: idle: sends WINDOW_UPDATE', frames: [windowUpdate(1, 5)], answer: 'GOAWAY PROTOCOL_ERROR' },
  { name: '5.1: idle: sends CONTINUATION', frames: [frame(9, 4, 1, '20')], answer: 'GOAWAY PROTOCOL_ERROR' },
  { name: '5.1: idle: sends PRIORITY', frames: [priority(1)], answer: 'goes on' },
  {
    name: '5.1: open: sends trailers with an end, and all else in between',
    frames: [open, data(1, 'a'), windowUpdate(1, 5), priority(1), trailers],
    answer: '"a", grpc-status 0',
  },
  { name: '5.1: half-closed: sends DATA', frames: [ended, data(1, 'a')], answer: 'RST_STREAM STREAM_CLOSED' },
  { name: '5.1: half-closed: sends HEADERS', frames: [ended, trailers], answer: 'RST_STREAM STREAM_CLOSED' },
  {
    name: '5.1: half-closed: sends CONTINUATION',
    frames: [ended, frame(9, 4, 1, '20')],
    answer: 'GOAWAY PROTOCOL_ERROR',
  },
  {
    name: '5.1: half-closed: sends WINDOW_UPDATE and PRIORITY',
    frames: [ended, windowUpdate(1, 5), priority(1)],
    answer: 'grpc-status 0',
  },
  { name: '5.1: half-closed: sends RST_STREAM', frames: [ended, reset(1)], answer: 'goes on' },
  {
    name: '5.1: closed: sends DATA after both have ended',
    before: [ended],
    frames: [data(1, 'a')],
    answer: 'grpc-status 0, GOAWAY STREAM_CLOSED',
  },
  {
    name: '5.1: closed: sends HEADERS after both have ended',
    before: [ended],
    frames: [headers(1, GRPC, true)],
    answer: 'grpc-status 0, GOAWAY STREAM_CLOSED',
  },
  {
    name: '5.1: closed: sends CONTINUATION after both have ended',
    before: [ended],
    frames: [frame(9, 4, 1, '20')],
    answer: 'grpc-status 0, GOAWAY PROTOCOL_ERROR',
  },
  {
    name: '5.1: closed: sends WINDOW_UPDATE, RST_STREAM and PRIORITY after both have ended',
    before: [ended],
    frames: [windowUpdate(1, 5), reset(1), priority(1)],
    answer: 'grpc-status 0',
  },
  {
    name: '5.1: closed: sends DATA after its RST_STREAM',
    frames: [open, reset(1), data(1, 'a')],
    answer: 'GOAWAY STREAM_CLOSED',
  },
  {
    name: '5.1: closed: sends HEADERS after its RST_STREAM',
    frames: [open, reset(1), headers(1, GRPC, true)],
    answer: 'GOAWAY STREAM_CLOSED',
  },
  {
    name: '5.1: closed: sends WINDOW_UPDATE, PRIORITY and RST_STREAM after its RST_STREAM',
    frames: [open, reset(1), windowUpdate(1, 5), priority(1), reset(1)],
    answer: 'goes on',
  },
  {
    name: '5.1: closed: has sent DATA, trailers and RST_STREAM before it hears that the router reset the stream',
    frames: [...broken, data(1, 'a'), windowUpdate(1, 5), trailers, reset(1)],
    answer: 'RST_STREAM PROTOCOL_ERROR',
  },
  {
    name: '5.1.1: opens a stream with an even number',
    frames: [headers(2, GRPC, true)],
    answer: 'GOAWAY PROTOCOL_ERROR',
  },
  {
    name: '5.1.1: opens a stream with a number below that of another',
    frames: [headers(5, GRPC), headers(3, GRPC, true)],
    answer: 'GOAWAY PROTOCOL_ERROR',
  },
  {
    name: '5.1.1: sends DATA of a stream that a later one has closed unused',
    frames: [headers(5, GRPC), data(3, 'a', true)],
    answer: 'GOAWAY PROTOCOL_ERROR',
  },
  {
    name: '5.1.1: opens a stream with a number that was used',
    before: [ended],
    frames: [headers(3, GRPC), headers(1, GRPC, true)],
    answer: 'grpc-status 0, GOAWAY STREAM_CLOSED',
  },
  {
    name: '5.3: makes a stream depend on itself, in HEADERS and in PRIORITY',
    frames: [
      frame(1, 0x24, 1, Buffer.concat([Buffer.from('00000001ff', 'hex'), block(GRPC)])),
      priority(1, 1),
      data(1, 'a', true),
    ],
    answer: '"a", grpc-status 0',
  },
  {
    name: '5.3: makes streams depend on others in a circle, exclusively',
    frames: [open, priority(1, 0x80000003), priority(3, 0x80000005), priority(5, 0x80000001), data(1, 'a', true)],
    answer: '"a", grpc-status 0',
  },
  {
    name: '5.4.2: breaks a rule on one of two streams',
    frames: [headers(1, GRPC), headers(3, GRPC), windowUpdate(3, 0), data(1, 'a', true)],
    answer: 'RST_STREAM PROTOCOL_ERROR, "a", grpc-status 0',
  },
];
