import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLIENT_PREFACE, settingId } from '../../../router/http2/frame.ts';
import { FrameWriter } from '../../../router/http2/frame-writer.ts';
import { frame, SETTINGS, toldBy } from './raw-frames.ts';

/** What comes after the first SETTINGS. */
const told = (...frames: readonly Buffer[]): readonly string[] => toldBy([SETTINGS, ...frames]).slice(1);

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((value) => Buffer.from(value));
const hexOf = (value: Buffer): string => value.toString('hex');
const streams = fc.integer({ min: 1, max: 0x7fffffff });
const isLast = fc.boolean();
const uint32 = (value: number): Buffer => {
  const four = Buffer.alloc(4);
  four.writeUInt32BE(value);
  return four;
};
const end = (is: boolean): string => (is ? ' end' : '');

/** Frames that are right, and what is to be told of each. */
const anyFrame = fc.oneof(
  fc.tuple(streams, bytes(300), isLast, fc.option(fc.nat(255))).map(([stream, body, last, padding]) => {
    const padded = padding === null ? body : Buffer.concat([Buffer.of(padding), body, Buffer.alloc(padding)]);
    const flags = (last ? 1 : 0) | (padding === null ? 0 : 8);
    return [frame(0, flags, stream, padded), `data ${stream} of ${padded.length}: ${hexOf(body)}${end(last)}`] as const;
  }),
  fc
    .tuple(streams, fc.array(bytes(200), { minLength: 1, maxLength: 8 }), isLast, fc.option(fc.nat(255)), fc.boolean())
    .map(([stream, parts, last, padding, hasPriority]) => {
      const first = Buffer.concat([
        Buffer.from(padding === null ? [] : [padding]),
        Buffer.alloc(hasPriority ? 5 : 0, 0x55),
        parts[0]!,
        Buffer.alloc(padding ?? 0),
      ]);
      const flags =
        (last ? 1 : 0) | (parts.length === 1 ? 4 : 0) | (padding === null ? 0 : 8) | (hasPriority ? 0x20 : 0);
      const rest = parts.slice(1).map((part, index) => frame(9, index === parts.length - 2 ? 4 : 0, stream, part));
      return [
        Buffer.concat([frame(1, flags, stream, first), ...rest]),
        `block ${stream}: ${hexOf(Buffer.concat(parts))}${end(last)}`,
      ] as const;
    }),
  streams.map((stream) => [frame(2, 0, stream, Buffer.alloc(5, 1)), `priority ${stream}`] as const),
  fc.tuple(streams, fc.nat(0xffffffff)).map(([stream, code]) => {
    return [frame(3, 0, stream, uint32(code)), `reset ${stream}: ${code}`] as const;
  }),
  fc.array(fc.tuple(fc.nat(0xffff), fc.nat(0xffffffff)), { maxLength: 5 }).map((values) => {
    const payload = values.map(([id, value]) => Buffer.concat([Buffer.of(id >> 8, id & 255), uint32(value)]));
    const lines = values.map(([id, value]) => `setting ${id}: ${value}\n`);
    return [frame(4, 0, 0, Buffer.concat(payload)), `${lines.join('')}settings`] as const;
  }),
  fc.constant([frame(4, 1, 0), 'settings ack'] as const),
  fc.tuple(fc.uint8Array({ minLength: 8, maxLength: 8 }), fc.boolean()).map(([eight, isAck]) => {
    const payload = Buffer.from(eight);
    return [frame(6, isAck ? 1 : 0, 0, payload), `ping${isAck ? ' ack' : ''} ${hexOf(payload)}`] as const;
  }),
  fc.tuple(streams, fc.nat(0xffffffff), bytes(40)).map(([last, code, text]) => {
    return [
      frame(7, 0, 0, Buffer.concat([uint32(last), uint32(code), text])),
      `goaway ${last}: ${code} ${hexOf(text)}`,
    ] as const;
  }),
  fc.tuple(fc.oneof(fc.constant(0), streams), streams).map(([stream, increment]) => {
    return [frame(8, 0, stream, uint32(increment)), `window ${stream}: ${increment}`] as const;
  }),
  fc
    .tuple(fc.integer({ min: 10, max: 255 }), fc.nat(255), fc.nat(0x7fffffff), bytes(100))
    .map(([type, flags, stream, payload]) => [frame(type, flags, stream, payload), `unknown ${type}`] as const),
);

describe('frames', () => {
  test('are told alike, however their bytes are split', () => {
    const cuts = fc.array(fc.nat(400), { maxLength: 30 });
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 12 }), cuts, fc.boolean(), (frames, sizes, isPeerClient) => {
        const preface = isPeerClient ? CLIENT_PREFACE : Buffer.alloc(0);
        const all = Buffer.concat([preface, SETTINGS, ...frames.map(([raw]) => raw)]);
        const pieces: Buffer[] = [];
        let at = 0;
        for (const size of sizes) {
          pieces.push(all.subarray(at, at + size));
          at += size;
        }
        pieces.push(all.subarray(at));
        const lines = toldBy(pieces, { isPeerClient });
        expect(lines.join('\n')).toBe(['settings', ...frames.map(([, line]) => line)].join('\n'));
      }),
      { numRuns: 500 },
    );
  });

  test('come byte by byte, too', () => {
    const all = Buffer.concat([
      CLIENT_PREFACE,
      SETTINGS,
      frame(0, 9, 1, '02 aabb 0000'),
      frame(1, 0, 3, '82'),
      frame(9, 4, 3, '83'),
    ]);
    expect(
      toldBy(
        [...all].map((byte) => Buffer.of(byte)),
        { isPeerClient: true },
      ),
    ).toEqual(['settings', 'data 1 of 5: aabb end', 'block 3: 8283']);
  });

  test('of any bytes: nothing is thrown, and after a fault of the connection nothing is told', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 }), (pieces) => {
        const lines = toldBy([SETTINGS, ...pieces.map((piece) => Buffer.from(piece))]);
        const fault = lines.findIndex((line) => line.startsWith('fault:'));
        expect(fault < 0 || fault === lines.length - 1).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('RFC 9113: a peer that', () => {
  const text = (code: number, reason: string): readonly string[] => [`fault: ${code} ${reason}`];
  const [PROTOCOL, FRAME_SIZE, CALM] = [1, 6, 11];

  test.each<readonly [string, readonly Buffer[], readonly string[]]>([
    ['4.1: sets the reserved bit of a stream is understood', [frame(3, 0, 0x80000001, '00000008')], ['reset 1: 8']],
    [
      '4.1: sets flags that nobody knows is understood',
      [frame(6, 0xf2, 0, '0102030405060708')],
      ['ping 0102030405060708'],
    ],
    [
      '4.2: sends a frame that is too long',
      [frame(0, 0, 1, '', 16_385)],
      text(FRAME_SIZE, 'a frame longer than SETTINGS_MAX_FRAME_SIZE'),
    ],
    [
      '5.5: sends frames of unknown types is understood',
      [frame(0xff, 0xff, 7, 'aa'), frame(4, 1, 0)],
      ['unknown 255', 'settings ack'],
    ],
    [
      '5.5: sends an unknown frame inside a block',
      [frame(1, 0, 1, '82'), frame(0xff, 0, 1)],
      text(PROTOCOL, 'another frame inside a field block'),
    ],
    ['6.1: sends DATA on stream 0', [frame(0, 0, 0, 'aa')], text(PROTOCOL, 'a frame of a stream on stream 0')],
    ['6.1: pads DATA by all of it', [frame(0, 8, 1, '04 aabbcc')], text(PROTOCOL, 'a padding longer than its frame')],
    [
      '6.1: sends padded DATA without its length',
      [frame(0, 8, 1)],
      text(FRAME_SIZE, 'a frame too short for what it must have'),
    ],
    ['6.1: pads DATA with nothing but padding is understood', [frame(0, 8, 1, '03 000000')], ['data 1 of 4: ']],
    ['6.2: sends HEADERS on stream 0', [frame(1, 4, 0, '82')], text(PROTOCOL, 'a frame of a stream on stream 0')],
    [
      '6.2: pads HEADERS by more than all of it',
      [frame(1, 0xc, 1, '02 82')],
      text(PROTOCOL, 'a padding longer than its frame'),
    ],
    [
      '6.2: sends HEADERS with a priority that is cut off',
      [frame(1, 0x24, 1, '00000000')],
      text(FRAME_SIZE, 'a frame too short for what it must have'),
    ],
    [
      '6.2: sends HEADERS and then no CONTINUATION',
      [frame(1, 0, 1, '82'), frame(0, 0, 1, 'aa')],
      text(PROTOCOL, 'another frame inside a field block'),
    ],
    [
      '6.3: sends PRIORITY on stream 0',
      [frame(2, 0, 0, '0000000000')],
      text(PROTOCOL, 'a frame of a stream on stream 0'),
    ],
    [
      '6.3: sends PRIORITY of another length',
      [frame(2, 0, 5, '00000000'), frame(4, 1, 0)],
      ['fault of 5: 6 a PRIORITY that has not 5 bytes', 'settings ack'],
    ],
    [
      '6.4: sends RST_STREAM on stream 0',
      [frame(3, 0, 0, '00000000')],
      text(PROTOCOL, 'a frame of a stream on stream 0'),
    ],
    [
      '6.4: sends RST_STREAM of another length',
      [frame(3, 0, 1, '000000')],
      text(FRAME_SIZE, 'an RST_STREAM that has not 4 bytes'),
    ],
    ['6.5: sends SETTINGS on a stream', [frame(4, 0, 1)], text(PROTOCOL, 'a frame of the connection on a stream')],
    [
      '6.5: sends SETTINGS that are cut off',
      [frame(4, 0, 0, '0001000000')],
      text(FRAME_SIZE, 'SETTINGS that are not 6 bytes each'),
    ],
    [
      '6.5: acknowledges SETTINGS with a payload',
      [frame(4, 1, 0, '000100000000')],
      text(FRAME_SIZE, 'an acknowledgement of SETTINGS that is not empty'),
    ],
    ['6.6: pushes', [frame(5, 4, 1, '0000000282')], text(PROTOCOL, 'a PUSH_PROMISE, which nobody asked for')],
    [
      '6.7: sends PING on a stream',
      [frame(6, 0, 1, '0102030405060708')],
      text(PROTOCOL, 'a frame of the connection on a stream'),
    ],
    [
      '6.7: sends PING of another length',
      [frame(6, 0, 0, '01020304050607')],
      text(FRAME_SIZE, 'a PING that has not 8 bytes'),
    ],
    [
      '6.8: sends GOAWAY on a stream',
      [frame(7, 0, 1, '0000000000000000')],
      text(PROTOCOL, 'a frame of the connection on a stream'),
    ],
    [
      '6.8: sends GOAWAY that is cut off',
      [frame(7, 0, 0, '00000000000000')],
      text(FRAME_SIZE, 'a GOAWAY of less than 8 bytes'),
    ],
    [
      '6.9: sends WINDOW_UPDATE of another length',
      [frame(8, 0, 1, '000001')],
      text(FRAME_SIZE, 'a WINDOW_UPDATE that has not 4 bytes'),
    ],
    [
      '6.9: updates the window of a stream by 0',
      [frame(8, 0, 3, '00000000'), frame(4, 1, 0)],
      ['fault of 3: 1 a WINDOW_UPDATE of 0', 'settings ack'],
    ],
    [
      '6.9: updates the window of the connection by 0',
      [frame(8, 0, 0, '80000000')],
      text(PROTOCOL, 'a WINDOW_UPDATE of 0 on the connection'),
    ],
    [
      '6.10: sends CONTINUATION without HEADERS',
      [frame(9, 4, 1, '82')],
      text(PROTOCOL, 'a CONTINUATION without HEADERS'),
    ],
    ['6.10: sends CONTINUATION on stream 0', [frame(9, 4, 0, '82')], text(PROTOCOL, 'a frame of a stream on stream 0')],
    [
      '6.10: sends CONTINUATION on another stream',
      [frame(1, 0, 1, '82'), frame(9, 4, 3, '83')],
      text(PROTOCOL, 'another frame inside a field block'),
    ],
    [
      '6.10: sends CONTINUATION after the end of its block',
      [frame(1, 4, 1, '82'), frame(9, 4, 1, '83')],
      ['block 1: 82', ...text(PROTOCOL, 'a CONTINUATION without HEADERS')],
    ],
    [
      '10.5.1: sends a block in too many pieces',
      [frame(1, 0, 1, '82'), ...Array.from({ length: 9 }, () => frame(9, 0, 1, '83'))],
      text(CALM, 'a field block of too many CONTINUATION frames'),
    ],
    [
      '10.5.1: sends a block in empty pieces',
      [frame(1, 0, 1), ...Array.from({ length: 9 }, () => frame(9, 0, 1))],
      text(CALM, 'a field block of too many CONTINUATION frames'),
    ],
    [
      '10.5.1: sends a block that is too long',
      [frame(1, 0, 1, Buffer.alloc(16_000)), ...Array.from({ length: 5 }, () => frame(9, 0, 1, Buffer.alloc(16_000)))],
      text(CALM, 'a field block that is too long'),
    ],
  ])('%s', (_, frames, lines) => {
    expect(told(...frames)).toEqual(lines);
    const one = Buffer.concat(frames);
    expect(told(...[...one].map((byte) => Buffer.of(byte)))).toEqual(lines);
  });

  test('3.4: does not begin with SETTINGS is refused', () => {
    const reason = 'fault: 1 a first frame that is not SETTINGS';
    expect(toldBy([frame(6, 0, 0, '0102030405060708')])).toEqual([reason]);
    expect(toldBy([frame(4, 1, 0)])).toEqual([reason]);
    expect(toldBy([frame(0xff, 0, 0)])).toEqual([reason]);
  });

  test('3.4: is a client without the preface is refused at its first wrong byte', () => {
    for (const preface of ['GET / HTTP/1.1\r\n', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\rX']) {
      const lines = toldBy([Buffer.from(preface)], { isPeerClient: true });
      expect(lines).toEqual(['fault: 1 no preface of HTTP/2']);
    }
    expect(toldBy([CLIENT_PREFACE.subarray(0, 20)], { isPeerClient: true })).toEqual([]);
  });

  test('4.2: may send as long frames as our SETTINGS allow', () => {
    const long = frame(0, 0, 1, Buffer.alloc(20_000));
    expect(toldBy([SETTINGS, long], {}, 20_000)[1]).toMatch(/^data 1 of 20000: (00){20000}$/);
    expect(toldBy([SETTINGS, long], {}, 19_999)[1]).toMatch(/^fault: 6 /);
  });
});

describe('frames that are written', () => {
  test('are read as what was written, block and body of any length', () => {
    const writer = new FrameWriter();
    const block = bytes(50_000);
    fc.assert(
      fc.property(streams, block, bytes(16_384), isLast, (stream, list, body, last) => {
        writer.settings([
          [settingId.headerTableSize, 0],
          [settingId.initialWindowSize, 65_535],
        ]);
        writer.settingsAck();
        writer.block(stream, list.subarray(0, 3), list.subarray(3), last);
        writer.data(stream, body, 0, body.length, last);
        writer.reset(stream, 8);
        writer.ping(Buffer.from('0011223344556677', 'hex'), 0, true);
        writer.goaway(stream, 11, 'why');
        writer.windowUpdate(0, 7);
        const lines = toldBy([writer.written]);
        writer.clear();
        expect(lines).toEqual([
          'setting 1: 0',
          'setting 4: 65535',
          'settings',
          'settings ack',
          `block ${stream}: ${hexOf(list)}${end(last)}`,
          `data ${stream} of ${body.length}: ${hexOf(body)}${end(last)}`,
          `reset ${stream}: 8`,
          'ping ack 0011223344556677',
          `goaway ${stream}: 11 ${Buffer.from('why').toString('hex')}`,
          'window 0: 7',
        ]);
      }),
      { numRuns: 100 },
    );
  });

  test('keep to the longest frame of the peer', () => {
    const writer = new FrameWriter();
    writer.maxFrameBytes = 20_000;
    writer.block(1, Buffer.alloc(40_000), Buffer.alloc(5000), true);
    const lengths: number[] = [];
    const flags: number[] = [];
    for (let at = 0; at < writer.length; at += 9 + lengths.at(-1)!) {
      lengths.push(writer.written.readUIntBE(at, 3));
      flags.push(writer.written[at + 4]!);
    }
    expect(lengths).toEqual([20_000, 20_000, 5000]);
    expect(flags).toEqual([1, 0, 4]); // END_STREAM on HEADERS, END_HEADERS on the last
  });
});
