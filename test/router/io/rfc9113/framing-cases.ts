import { data, headers, ping, reset, settings, windowUpdate } from '../../http2/connection-under-test.ts';
import { frame } from '../../http2/raw-frames.ts';
import { type ClientCase, GRPC } from './client-bench.ts';
import { block, inTwo, manySettings, padded, TABLE_OF_0 } from './odd-frames.ts';

/** Sections 4 and 6: frames by themselves, wrong in form or in place. */
export const framingCases: readonly ClientCase[] = [
  {
    name: '4.1: sends frames of unknown types, with any flags, on any stream',
    frames: [headers(1, GRPC), frame(0x77, 0xff, 0, 'aabb'), frame(0xff, 5, 1), frame(0x10, 0, 9), data(1, 'a', true)],
    answer: '"a", grpc-status 0',
  },
  {
    name: '4.1: sets flags that a frame does not have',
    frames: [
      frame(1, 0xd2 | 4, 1, block(GRPC)),
      frame(0, 0xf6 | 1, 1, Buffer.from('a')),
      frame(6, 0xfe, 0, '0102030405060708'),
    ],
    answer: '"a", grpc-status 0',
  },
  {
    name: '4.1: sets the reserved bit of a stream',
    frames: [frame(1, 4, 0x80000001, block(GRPC)), frame(0, 1, 0x80000001, Buffer.from('a'))],
    answer: '"a", grpc-status 0',
  },
  {
    name: '4.2: sends DATA of 2^14 bytes',
    frames: [headers(1, GRPC), data(1, 'a'.repeat(16_384), true)],
    answer: '16384 bytes, grpc-status 0',
  },
  {
    name: '4.2: sends DATA of more than 2^14 bytes',
    frames: [headers(1, GRPC), frame(0, 1, 1, Buffer.alloc(16_385))],
    answer: 'GOAWAY FRAME_SIZE_ERROR',
  },
  {
    name: '4.2: sends HEADERS of more than 2^14 bytes',
    frames: [frame(1, 5, 1, Buffer.alloc(16_385, 0x82))],
    answer: 'GOAWAY FRAME_SIZE_ERROR',
  },
  {
    name: '4.2: sends an unknown frame of more than 2^14 bytes',
    frames: [frame(0x77, 0, 0, Buffer.alloc(16_385))],
    answer: 'GOAWAY FRAME_SIZE_ERROR',
  },
  {
    name: '4.3: sends a request in HEADERS and two CONTINUATIONs, cut inside a field',
    frames: [...inTwo(1, block(GRPC), true)],
    answer: 'grpc-status 0',
  },
  {
    name: '5.5: sends an unknown frame inside a block',
    frames: [frame(1, 1, 1, block(GRPC)), frame(0x77, 0, 1), frame(9, 4, 1)],
    answer: 'GOAWAY PROTOCOL_ERROR',
  },
  { name: '6.1: sends DATA on stream 0', frames: [frame(0, 1, 0, 'aa')], answer: 'GOAWAY PROTOCOL_ERROR' },
  {
    name: '6.1: pads DATA',
    frames: [headers(1, GRPC), padded(0, 0, 1, Buffer.from('ab'), 200), padded(0, 1, 1, Buffer.from('cd'), 0)],
    answer: '"abcd", grpc-status 0',
  },
  {
    name: '6.1: sends DATA that is all padding',
    frames: [headers(1, GRPC), padded(0, 0, 1, Buffer.alloc(0), 9), data(1, 'a', true)],
    answer: '"a", grpc-status 0',
  },
  {
    name: '6.1: pads DATA by as much as its payload',
    frames: [headers(1, GRPC), frame(0, 8, 1, '04 aabbccdd'.slice(0, 9))],
    answer: 'GOAWAY PROTOCOL_ERROR',
  },
  {
    name: '6.1: sends padded DATA without the length of its padding',
    frames: [headers(1, GRPC), frame(0, 8, 1)],
    answer: 'GOAWAY FRAME_SIZE_ERROR',
  },
  { name: '6.2: sends HEADERS on stream 0', frames: [frame(1, 5, 0, block(GRPC))], answer: 'GOAWAY PROTOCOL_ERROR' },
  {
    name: '6.2: pads HEADERS, with a priority',
    frames: [
      frame(1, 0x2d, 1, Buffer.concat([Buffer.of(3), Buffer.from('00000000ff', 'hex'), block(GRPC), Buffer.alloc(3)])),
    ],
    answer: 'grpc-status 0',
  },
  {
    name: '6.2: pads HEADERS by more than their payload',
    frames: [frame(1, 0x0d, 1, Buffer.concat([Buffer.of(255), block(GRPC)]))],
    answer: 'GOAWAY PROTOCOL_ERROR',
  },
  {
    name: '6.2: sends padded HEADERS without the length of the padding',
    frames: [frame(1, 0x0d, 1)],
    answer: 'GOAWAY FRAME_SIZE_ERROR',
  },
  {
    name: '6.2: sends HEADERS with a priority that is cut off',
    frames: [frame(1, 0x25, 1, '00000000')],
    answer: 'GOAWAY FRAME_SIZE_ERROR',
  },
  {
    name: '6.2: sends another frame before the block has ended',
    frames: [frame(1, 1, 1, block(GRPC)), ping],
    answer: 'GOAWAY PROTOCOL_ERROR',
  },
  {
    name: '6.2: sends HEADERS of another stream before the block has ended',
    frames: [frame(1, 1, 1, block(GRPC)), headers(3, GRPC, true)],
    answer: 'GOAWAY PROTOCOL_ERROR',
  },
  { name: '6.3: sends PRIORITY on stream 0', frames: [frame(2, 0, 0, '00000000ff')], answer: 'GOAWAY PROTOCOL_ERROR' },
  {
    name: '6.3: sends PRIORITY of another length than 5, on an open stream',
    frames: [headers(1, GRPC), frame(2, 0, 1, '00000000')],
    answer: 'RST_STREAM FRAME_SIZE_ERROR',
  },
  { name: '6.4: resets stream 0', frames: [reset(0)], answer: 'GOAWAY PROTOCOL_ERROR' },
  {
    name: '6.4: sends RST_STREAM of another length than 4',
    frames: [headers(1, GRPC), frame(3, 0, 1, '0000000000')],
    answer: 'GOAWAY FRAME_SIZE_ERROR',
  },
  { name: '6.4: resets a stream that it has not opened', frames: [reset(1)], answer: 'GOAWAY PROTOCOL_ERROR' },
  {
    name: '6.5: sends SETTINGS on a stream',
    frames: [headers(1, GRPC), frame(4, 0, 1)],
    answer: 'GOAWAY PROTOCOL_ERROR',
  },
  {
    name: '6.5: sends SETTINGS that are cut off',
    frames: [frame(4, 0, 0, '000300000')],
    answer: 'GOAWAY FRAME_SIZE_ERROR',
  },
  {
    name: '6.5: acknowledges SETTINGS with a payload',
    frames: [frame(4, 1, 0, '000300000064')],
    answer: 'GOAWAY FRAME_SIZE_ERROR',
  },
  {
    name: '6.5.2: sends a setting that nobody knows',
    frames: [settings([0x99, 1], [0xffff, 0xffffffff])],
    answer: 'goes on',
  },
  {
    name: '6.5.2: sends many settings at once, the last of which counts',
    frames: [manySettings(2000)],
    answer: 'goes on',
  },
  { name: '6.5.2: asks for pushes with a 2', frames: [settings([2, 2])], answer: 'GOAWAY PROTOCOL_ERROR' },
  {
    name: '6.5.2: asks for a window of 2^31',
    frames: [settings([4, 0x80000000])],
    answer: 'GOAWAY FLOW_CONTROL_ERROR',
  },
  { name: '6.5.2: takes frames of 2^14 - 1', frames: [settings([5, 16_383])], answer: 'GOAWAY PROTOCOL_ERROR' },
  { name: '6.5.2: takes frames of 2^24', frames: [settings([5, 1 << 24])], answer: 'GOAWAY PROTOCOL_ERROR' },
  {
    name: '6.5.2: takes a table of 2^32 - 1, a list of 0xffff, and any number of streams',
    frames: [settings([1, 0xffffffff], [3, 0xffffffff], [6, 0xffff]), headers(1, GRPC, true)],
    answer: 'grpc-status 0',
  },
  {
    name: '6.5.3: acknowledges SETTINGS that were not sent',
    frames: [frame(4, 1, 0)],
    answer: 'GOAWAY PROTOCOL_ERROR',
  },
  { name: '6.6: pushes', frames: [headers(1, GRPC), frame(5, 4, 1, '0000000282')], answer: 'GOAWAY PROTOCOL_ERROR' },
  { name: '6.7: answers a PING that was not sent', frames: [frame(6, 1, 0, '0102030405060708')], answer: 'goes on' },
  {
    name: '6.7: sends PING on a stream',
    frames: [frame(6, 0, 1, '0102030405060708')],
    answer: 'GOAWAY PROTOCOL_ERROR',
  },
  {
    name: '6.7: sends PING of another length than 8',
    frames: [frame(6, 0, 0, '010203040506')],
    answer: 'GOAWAY FRAME_SIZE_ERROR',
  },
  {
    name: '6.8: sends GOAWAY on a stream',
    frames: [frame(7, 0, 1, '0000000000000000')],
    answer: 'GOAWAY PROTOCOL_ERROR',
  },
  {
    name: '6.8: sends GOAWAY that is cut off',
    frames: [frame(7, 0, 0, '00000000000000')],
    answer: 'GOAWAY FRAME_SIZE_ERROR',
  },
  {
    name: '6.8: says GOAWAY, and waits for what it has asked',
    frames: [headers(1, GRPC), frame(7, 0, 0, '0000000000000000'), data(1, 'a', true)],
    answer: 'GOAWAY NO_ERROR, "a", grpc-status 0, GOAWAY NO_ERROR',
  },
  {
    name: '6.9: opens the window of the connection by 0',
    frames: [frame(8, 0, 0, '00000000')],
    answer: 'GOAWAY PROTOCOL_ERROR',
  },
  {
    name: '6.9: opens the window of a stream by 0',
    frames: [headers(1, GRPC), windowUpdate(1, 0)],
    answer: 'RST_STREAM PROTOCOL_ERROR',
  },
  {
    name: '6.9: sends WINDOW_UPDATE of another length than 4',
    frames: [frame(8, 0, 0, '0000000100')],
    answer: 'GOAWAY FRAME_SIZE_ERROR',
  },
  {
    name: '6.9.1: opens the window of the connection beyond 2^31 - 1',
    frames: [windowUpdate(0, 0x7fffffff)],
    answer: 'GOAWAY FLOW_CONTROL_ERROR',
  },
  {
    name: '6.9.1: opens the window of a stream beyond 2^31 - 1',
    frames: [headers(1, GRPC), windowUpdate(1, 0x7fffffff)],
    answer: 'RST_STREAM FLOW_CONTROL_ERROR',
  },
  {
    name: '6.9.2: opens the windows of all streams beyond 2^31 - 1',
    frames: [headers(1, GRPC), windowUpdate(1, 0x7fffffff - 65_535), settings([4, 65_536])],
    answer: 'GOAWAY FLOW_CONTROL_ERROR',
  },
  {
    name: '6.10: sends a CONTINUATION without HEADERS',
    frames: [frame(9, 4, 1, block(GRPC))],
    answer: 'GOAWAY PROTOCOL_ERROR',
  },
  {
    name: '6.10: sends a CONTINUATION after the end of a block',
    frames: [headers(1, GRPC), frame(9, 4, 1, '82')],
    answer: 'GOAWAY PROTOCOL_ERROR',
  },
  {
    name: '6.10: sends a CONTINUATION after a CONTINUATION that ended the block',
    frames: [...inTwo(1, block(GRPC), true), frame(9, 4, 1, '82')],
    answer: 'GOAWAY PROTOCOL_ERROR',
  },
  {
    name: '6.10: sends a CONTINUATION after DATA',
    frames: [headers(1, GRPC), data(1, 'a'), frame(9, 4, 1, '82')],
    answer: 'GOAWAY PROTOCOL_ERROR',
  },
  {
    name: '6.10: sends a CONTINUATION on stream 0',
    frames: [frame(1, 1, 1, TABLE_OF_0), frame(9, 4, 0, block(GRPC))],
    answer: 'GOAWAY PROTOCOL_ERROR',
  },
  {
    name: '6.10: sends a CONTINUATION on another stream',
    frames: [frame(1, 1, 1, TABLE_OF_0), frame(9, 4, 3, block(GRPC))],
    answer: 'GOAWAY PROTOCOL_ERROR',
  },
  {
    name: '7: resets a stream, and says GOAWAY, with codes that nobody knows',
    frames: [headers(1, GRPC), frame(3, 0, 1, 'deadbeef'), frame(7, 0, 0, '00000000deadbeef')],
    answer: 'GOAWAY NO_ERROR, GOAWAY NO_ERROR',
  },
];
