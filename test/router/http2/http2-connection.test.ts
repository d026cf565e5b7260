import { describe, expect, test } from 'vitest';
import { CLIENT_PREFACE } from '../../../router/http2/frame.ts';
import { Http2Connection } from '../../../router/http2/http2-connection.ts';
import {
  blockOf,
  connectionOf,
  data,
  headers,
  ping,
  REQUEST,
  reset,
  settings,
  windowUpdate,
} from './connection-under-test.ts';
import { frame } from './raw-frames.ts';

const REQUEST_LINE = ':method=POST :scheme=http :path=/a.B/C :authority=x';
const [PROTOCOL, FLOW, CLOSED, REFUSED, COMPRESSION, CALM] = [1, 3, 5, 7, 9, 11];
const goaway = (last: number, code: number, reason: string): string =>
  `goaway ${last}: ${code} ${Buffer.from(reason).toString('hex')}`;

describe('a connection of HTTP/2', () => {
  test('3.4: begins with the preface, SETTINGS that ask for no table, and a window', () => {
    const limits = { streamWindowBytes: 100_000, connectionWindowBytes: 1_000_000, maxStreams: 7, listBytes: 5000 };
    const client = connectionOf('client', { limits, isNew: true });
    expect(client.connection.output.written.subarray(0, CLIENT_PREFACE.length)).toEqual(CLIENT_PREFACE);
    expect(client.written()).toEqual([
      'setting 1: 0',
      'setting 2: 0',
      'setting 3: 7',
      'setting 4: 100000',
      'setting 6: 5000',
      'settings',
      `window 0: ${1_000_000 - 65_535}`,
    ]);
    const server = connectionOf('server', { limits, isNew: true });
    expect(server.written()).not.toContain('setting 2: 0');
  });

  test('3.4: acknowledges SETTINGS after the preface of its peer, and refuses a peer without it', () => {
    const server = connectionOf('server', { isNew: true });
    server.written();
    expect(server.say(CLIENT_PREFACE, settings())).toEqual(['settings ack']);
    const other = connectionOf('server', { isNew: true });
    other.written();
    expect(other.say(Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toEqual([goaway(0, PROTOCOL, 'no preface of HTTP/2')]);
    expect(other.told).toEqual(['fault 1: no preface of HTTP/2']);
  });

  test('8.1: carries a request with a body and trailers, and a response', () => {
    const { connection, told, say, written } = connectionOf('server');
    say(headers(1, REQUEST), data(1, 'ab'), data(1, 'c'), headers(1, { 'x-sum': '3' }, true));
    expect(told).toEqual([`head 1: ${REQUEST_LINE}`, 'data 1: ab', 'data 1: c', 'trailers 1: x-sum=3', 'end 1']);
    connection.sendBlock(1, blockOf({ ':status': '200' }), false);
    expect(connection.sendData(1, Buffer.from('answer'), 0, 6, false)).toBe(6);
    connection.sendBlock(1, blockOf({ 'grpc-status': '0' }), true);
    expect(written()).toEqual([
      'block 1: 2088',
      `data 1 of 6: ${Buffer.from('answer').toString('hex')}`,
      `block 1: ${blockOf({ 'grpc-status': '0' }).toString('hex')} end`,
    ]);
    expect(told.at(-1)).toBe('closed 1');
    expect(connection.streams).toBe(0);
  });

  test('8.1: opens requests with rising odd numbers, and hears interim and final responses', () => {
    const { connection, told, say } = connectionOf('client');
    expect([connection.open(blockOf(REQUEST), false), connection.open(blockOf(REQUEST), true)]).toEqual([1, 3]);
    say(headers(3, { ':status': '103', link: 'x' }), headers(3, { ':status': '200' }), data(3, 'y', true));
    expect(told).toEqual(['interim 3: :status=103 link=x', 'head 3: :status=200', 'data 3: y', 'end 3', 'closed 3']);
  });

  test('5.5 and 5.3.2: leaves out unknown frames and PRIORITY, on any stream', () => {
    const { told, say } = connectionOf('server');
    expect(say(frame(0x33, 0, 0, 'aa'), frame(0x33, 0, 9, 'aa'), frame(2, 0, 99, '0000000010'))).toEqual([]);
    expect(told).toEqual([]);
  });

  test('6.5.2: leaves out unknown settings', () => {
    expect(connectionOf('server').say(settings([0x99, 5]))).toEqual(['settings ack']);
  });

  test('6.7: answers PING with the same eight bytes, and hears the answer to its own', () => {
    const { connection, told, say, written } = connectionOf('server');
    expect(say(ping)).toEqual(['ping ack 0102030405060708']);
    connection.ping(Buffer.from('1122334455667788', 'hex'), 0);
    expect(written()).toEqual(['ping 1122334455667788']);
    say(frame(6, 1, 0, '1122334455667788'));
    expect(told).toEqual(['pong 1122334455667788']);
  });

  test('RFC 7541 4.2: says with its first block that it uses no table', () => {
    const { connection, written } = connectionOf('client');
    connection.open(blockOf(REQUEST), true);
    connection.open(blockOf(REQUEST), true);
    const plain = blockOf(REQUEST).toString('hex');
    expect(written()).toEqual([`block 1: 20${plain} end`, `block 3: ${plain} end`]);
  });

  test('throws for a window that no peer would keep to before it has our SETTINGS', () => {
    const events = {} as never;
    for (const limits of [{ streamWindowBytes: 65_534 }, { connectionWindowBytes: 2 ** 31 }]) {
      expect(() => new Http2Connection({ role: 'server', events, limits })).toThrow(RangeError);
    }
  });
});

describe('flow control', () => {
  const SMALL = { streamWindowBytes: 65_535, connectionWindowBytes: 65_535 };

  test('6.9.1: data beyond the window of a stream ends the stream; beyond that of the connection, the connection', () => {
    const stream = connectionOf('server', { limits: { ...SMALL, connectionWindowBytes: 200_000 } });
    const full = Array.from({ length: 4 }, () => data(1, Buffer.alloc(16_384)));
    expect(stream.say(headers(1, REQUEST), ...full)).toContain(`reset 1: ${FLOW}`);
    expect(stream.told.at(-1)).toBe('reset 1: 3 by fault');
    const connection = connectionOf('server', { limits: { ...SMALL, streamWindowBytes: 200_000 } });
    expect(connection.say(headers(1, REQUEST), ...full)).toEqual([
      goaway(1, FLOW, 'more data than the window of the connection'),
    ]);
  });

  test('6.9.1: padding counts, and is given back at once', () => {
    const { connection, say } = connectionOf('server', { limits: SMALL });
    const padded = frame(0, 8, 1, Buffer.concat([Buffer.of(200), Buffer.alloc(10), Buffer.alloc(200)]));
    const answers = say(headers(1, REQUEST), ...Array.from({ length: 164 }, () => padded));
    expect(answers.filter((line) => line.startsWith('window'))).toEqual(['window 0: 32964', 'window 1: 32964']);
    connection.used(1, 1640);
    expect(say(data(1, Buffer.alloc(16_384)), data(1, Buffer.alloc(16_384)))).toEqual([]);
  });

  test('6.9: what was used is given back in large steps, for the stream and the connection', () => {
    const { connection, say, written } = connectionOf('server', { limits: SMALL });
    say(headers(1, REQUEST), data(1, Buffer.alloc(16_384)), data(1, Buffer.alloc(16_384)));
    connection.used(1, 16_384);
    expect(written()).toEqual([]);
    connection.used(1, 16_384);
    expect(written()).toEqual(['window 0: 32768', 'window 1: 32768']);
  });

  test('what came of a stream that is reset is given back to the connection', () => {
    const { connection, say, written } = connectionOf('server', { limits: SMALL });
    say(headers(1, REQUEST), ...Array.from({ length: 3 }, () => data(1, Buffer.alloc(16_384))));
    connection.reset(1, 8);
    expect(written()).toEqual(['reset 1: 8', `window 0: ${3 * 16_384}`]);
    // Frames that were under way are left out, and count as used.
    expect(say(data(1, Buffer.alloc(16_384)), data(1, Buffer.alloc(16_384)))).toEqual(['window 0: 32768']);
    connection.used(1, 5); // too late
    expect(written()).toEqual([]);
  });

  test('6.9.1: sends no more than the smaller of the two windows, and goes on when there is room', () => {
    const { connection, told, say, written } = connectionOf('client');
    const body = Buffer.alloc(100_000);
    const [one, two] = [connection.open(blockOf(REQUEST), false), connection.open(blockOf(REQUEST), false)];
    expect(connection.sendData(one, body, 0, body.length, true)).toBe(65_535);
    expect(connection.sendData(two, body, 0, 10, true)).toBe(0);
    written();
    say(windowUpdate(one, 1000));
    expect(told).toEqual([]); // the connection is full
    say(windowUpdate(0, 500));
    expect(told).toEqual(['writable 3', 'writable 1']);
    expect(connection.sendData(one, body, 65_535, body.length, true)).toBe(500);
    expect(connection.sendData(two, body, 0, 10, true)).toBe(0);
    told.length = 0;
    say(windowUpdate(0, 100_000));
    expect(told).toEqual(['writable 1', 'writable 3']);
    expect(connection.sendData(one, body, 66_035, body.length, true)).toBe(500);
    expect(connection.sendData(two, body, 0, 10, true)).toBe(10);
  });

  test('6.9.2: another initial window changes every stream, also to below 0', () => {
    const { connection, told, say } = connectionOf('client');
    const body = Buffer.alloc(200_000);
    const stream = connection.open(blockOf(REQUEST), false);
    say(windowUpdate(0, 1_000_000));
    expect(connection.sendData(stream, body, 0, 100_000, false)).toBe(65_535);
    say(settings([4, 10]));
    expect(connection.sendData(stream, body, 0, 1, false)).toBe(0);
    say(windowUpdate(stream, 65_525)); // back to 0
    expect([told, connection.sendData(stream, body, 0, 1, false)]).toEqual([[], 0]);
    say(settings([4, 30]));
    expect(told).toEqual([`writable ${stream}`]);
    expect(connection.sendData(stream, body, 0, 100, false)).toBe(20);
    expect(connection.sendData(connection.open(blockOf(REQUEST), false), body, 0, 100, false)).toBe(30);
  });

  test('6.9.1: a window above 2^31 - 1 ends its stream, or the connection', () => {
    const { connection, told, say } = connectionOf('client');
    const stream = connection.open(blockOf(REQUEST), false);
    connection.output.clear();
    expect(say(windowUpdate(stream, 0x7fffffff))).toEqual([`reset ${stream}: ${FLOW}`]);
    expect(say(windowUpdate(0, 0x7fffffff))).toEqual([goaway(0, FLOW, 'a window of the connection above 2^31 - 1')]);
    expect(told.at(-1)).toMatch(/^fault 3/);
    const other = connectionOf('client');
    other.connection.open(blockOf(REQUEST), false);
    other.say(windowUpdate(1, 100_000));
    other.say(settings([4, 0x7fffffff]));
    expect(other.told).toEqual(['fault 3: a SETTINGS_INITIAL_WINDOW_SIZE that makes a window larger than 2^31 - 1']);
  });

  test('4.2: a body is sent in frames no longer than the peer takes, the last with its end', () => {
    const { connection, say, written } = connectionOf('client');
    say(settings([4, 1 << 20], [5, 20_000]), windowUpdate(0, 1 << 20));
    const stream = connection.open(blockOf(REQUEST), false);
    written();
    connection.sendData(stream, Buffer.alloc(45_000, 0xff), 0, 45_000, true);
    const lines = [...connection.output.written.toString('hex').matchAll(/([0-9a-f]{6})00(0[01])00000001/g)];
    expect(lines.map(([, length, flags]) => [Number.parseInt(length!, 16), flags])).toEqual([
      [20_000, '00'],
      [20_000, '00'],
      [5000, '01'],
    ]);
  });
});

describe('RFC 9113: on a connection, a peer that', () => {
  const requested = headers(1, REQUEST);
  const ended = headers(1, REQUEST, true);

  test.each<readonly [string, readonly Buffer[], number, string]>([
    [
      '4.3: sends a block that cannot be decoded',
      [frame(1, 4, 1, '20 80')],
      COMPRESSION,
      'the index 0, where no entry is',
    ],
    [
      '4.3: names an entry of a table whose size it has not confirmed',
      [frame(1, 4, 1, 'be')],
      COMPRESSION,
      'the index 62, and no update of the table size to 0 or less, which our SETTINGS asked for',
    ],
    ['5.1: sends DATA of a stream that is idle', [data(1, 'x')], PROTOCOL, 'DATA of a stream that may not be opened'],
    ['5.1: resets a stream that is idle', [reset(1)], PROTOCOL, 'an RST_STREAM of a stream that was never opened'],
    [
      '5.1: opens a window of a stream that is idle',
      [windowUpdate(1, 5)],
      PROTOCOL,
      'a WINDOW_UPDATE of a stream that was never opened',
    ],
    [
      '5.1.1: opens a stream with an even number',
      [headers(2, REQUEST)],
      PROTOCOL,
      'HEADERS of a stream that may not be opened',
    ],
    [
      '5.1.1: opens a stream below another',
      [headers(5, REQUEST), headers(3, REQUEST)],
      PROTOCOL,
      'HEADERS of a stream below one that was opened (5.1.1)',
    ],
    [
      '5.1.1: opens a stream far below another',
      [headers(0x7fffffff, REQUEST), headers(3, REQUEST)],
      PROTOCOL,
      'HEADERS of a stream below one that was opened (5.1.1)',
    ],
    [
      '5.1.1: opens a stream again, after it has opened a later one',
      [headers(3, REQUEST), reset(3), headers(5, REQUEST), headers(3, REQUEST)],
      CLOSED,
      'HEADERS of a stream that is over',
    ],
    [
      '5.1: sends DATA after it reset the stream',
      [requested, reset(1), data(1, 'x')],
      CLOSED,
      'DATA of a stream that is over',
    ],
    [
      '5.1: sends HEADERS after it reset the stream',
      [requested, reset(1), headers(1, REQUEST)],
      CLOSED,
      'HEADERS of a stream that is over',
    ],
    [
      '6.5.2: asks for pushes with another value than 0 or 1',
      [settings([2, 2])],
      PROTOCOL,
      'a SETTINGS_ENABLE_PUSH that this peer may not send',
    ],
    [
      '6.5.2: asks for an initial window above 2^31 - 1',
      [settings([4, 0x80000000])],
      FLOW,
      'a SETTINGS_INITIAL_WINDOW_SIZE above 2^31 - 1',
    ],
    [
      '6.5.2: takes frames shorter than 2^14',
      [settings([5, 16_383])],
      PROTOCOL,
      'a SETTINGS_MAX_FRAME_SIZE that is not from 2^14 to 2^24 - 1',
    ],
    [
      '6.5.2: takes frames longer than 2^24 - 1',
      [settings([5, 16_777_216])],
      PROTOCOL,
      'a SETTINGS_MAX_FRAME_SIZE that is not from 2^14 to 2^24 - 1',
    ],
    [
      '6.5.3: acknowledges SETTINGS that were not sent',
      [frame(4, 1, 0)],
      PROTOCOL,
      'an acknowledgement of SETTINGS that were not sent',
    ],
    [
      '6.8: says GOAWAY for more streams than before',
      [frame(7, 0, 0, '0000000300000000'), frame(7, 0, 0, '0000000500000000')],
      PROTOCOL,
      'a GOAWAY for more streams than the one before',
    ],
  ])('%s, has it closed', (_, frames, code, reason) => {
    const { connection, told, say } = connectionOf('server');
    const answers = say(...frames);
    expect(answers.at(-1)).toMatch(new RegExp(`^goaway \\d+: ${code} ${Buffer.from(reason).toString('hex')}$`));
    expect(told.at(-1)).toBe(`fault ${code}: ${reason}`);
    expect(connection.isClosed).toBe(true);
    expect(say(ping)).toEqual([]); // nothing is read any more
  });

  test.each<readonly [string, readonly Buffer[], number]>([
    ['5.1: sends DATA after its end', [ended, data(1, 'x')], CLOSED],
    ['5.1: sends HEADERS after its end', [ended, headers(1, { 'x-a': 'b' }, true)], CLOSED],
    ['8.1: sends a second HEADERS without an end', [requested, headers(1, { 'x-a': 'b' })], PROTOCOL],
    [
      '8.1.1: sends less than its content-length',
      [headers(1, { ...REQUEST, 'content-length': '3' }), data(1, 'ab', true)],
      PROTOCOL,
    ],
    [
      '8.1.1: sends more than its content-length',
      [headers(1, { ...REQUEST, 'content-length': '3' }), data(1, 'abcd')],
      PROTOCOL,
    ],
    [
      '8.1.1: sends trailers before its content-length',
      [headers(1, { ...REQUEST, 'content-length': '3' }), headers(1, { 'x-a': 'b' }, true)],
      PROTOCOL,
    ],
    ['8.1: sends trailers with a pseudo-header field', [requested, headers(1, { ':path': '/' }, true)], PROTOCOL],
  ])('%s, has the stream reset', (_, frames, code) => {
    const { connection, told, say } = connectionOf('server');
    expect(say(...frames)).toContain(`reset 1: ${code}`);
    expect(told.at(-1)).toBe(`reset 1: ${code} by fault`);
    expect(connection.isClosed).toBe(false);
    expect(say(headers(3, REQUEST))).toEqual([]);
    expect(told.at(-1)).toBe(`head 3: ${REQUEST_LINE}`);
  });

  test.each<readonly [string, Readonly<Record<string, string>>]>([
    ['8.2.1: has upper case in a name', { ...REQUEST, 'X-A': 'b' }],
    ['8.2.1: has a space in a name', { ...REQUEST, 'x a': 'b' }],
    ['8.2.1: has a colon in a name', { ...REQUEST, 'x:a': 'b' }],
    ['8.2.1: has an empty name', { ...REQUEST, '': 'b' }],
    ['8.2.1: has a line end in a value', { ...REQUEST, a: 'b\nc' }],
    ['8.2.1: has a carriage return in a value', { ...REQUEST, a: 'b\rc' }],
    ['8.2.1: has a zero in a value', { ...REQUEST, a: 'b\0' }],
    ['8.2.1: has a value that begins with a space', { ...REQUEST, a: ' b' }],
    ['8.2.1: has a value that ends with a tab', { ...REQUEST, a: 'b\t' }],
    ['8.2.2: has Connection', { ...REQUEST, connection: 'close' }],
    ['8.2.2: has Keep-Alive', { ...REQUEST, 'keep-alive': '5' }],
    ['8.2.2: has Proxy-Connection', { ...REQUEST, 'proxy-connection': 'x' }],
    ['8.2.2: has Transfer-Encoding', { ...REQUEST, 'transfer-encoding': 'chunked' }],
    ['8.2.2: has Upgrade', { ...REQUEST, upgrade: 'h2c' }],
    ['8.2.2: has a TE other than trailers', { ...REQUEST, te: 'gzip' }],
    ['8.3: has an unknown pseudo-header field', { ...REQUEST, ':x': 'y' }],
    ['8.3: has a pseudo-header field of responses', { ...REQUEST, ':status': '200' }],
    ['8.3: has a pseudo-header field after a regular one', { a: 'b', ...REQUEST }],
    ['8.3.1: has no :method', { ':scheme': 'http', ':path': '/' }],
    ['8.3.1: has no :scheme', { ':method': 'GET', ':path': '/' }],
    ['8.3.1: has no :path', { ':method': 'GET', ':scheme': 'http' }],
    ['8.3.1: has an empty :path', { ...REQUEST, ':path': '' }],
    ['8.5: is CONNECT with a :path', { ...REQUEST, ':method': 'CONNECT' }],
    ['8.1.1: has a content-length that is no number', { ...REQUEST, 'content-length': '1x' }],
  ])('sends a request that %s, has it reset and not told', (_, fields) => {
    const { told, say } = connectionOf('server');
    expect(say(headers(1, fields))).toEqual([`reset 1: ${PROTOCOL}`]);
    expect(told).toEqual([]);
  });

  test('8.3.1: repeats a pseudo-header field, has its request reset', () => {
    const twice = Buffer.concat([Buffer.of(0x20), blockOf(REQUEST), blockOf({ ':path': '/x' })]);
    expect(connectionOf('server').say(frame(1, 4, 1, twice))).toEqual([`reset 1: ${PROTOCOL}`]);
  });

  test('8.1.1: says a content-length and ends at once, has its request reset', () => {
    const { told, say } = connectionOf('server');
    expect(say(headers(1, { ...REQUEST, 'content-length': '3' }, true))).toEqual([`reset 1: ${PROTOCOL}`]);
    expect(told).toEqual([]);
  });

  test('8.5: sends CONNECT, is understood', () => {
    const { told, say } = connectionOf('server');
    say(headers(1, { ':method': 'CONNECT', ':authority': 'x:1' }));
    expect(told).toEqual(['head 1: :method=CONNECT :authority=x:1']);
  });

  test.each<readonly [string, readonly Buffer[]]>([
    ['8.3.2: has no :status', [headers(1, { a: 'b' })]],
    ['8.3.2: has a :status that is none', [headers(1, { ':status': '2000' })]],
    ['8.6: is 101', [headers(1, { ':status': '101' })]],
    ['8.1: ends with an interim response', [headers(1, { ':status': '100' }, true)]],
    ['8.1: has a body before its head', [data(1, 'x')]],
    ['8.1: has a body after an interim response alone', [headers(1, { ':status': '100' }), data(1, 'x')]],
  ])('sends a response that %s, has it reset', (_, frames) => {
    const { connection, told, say } = connectionOf('client');
    connection.open(blockOf(REQUEST), true);
    connection.output.clear();
    expect(say(...frames)).toEqual([`reset 1: ${PROTOCOL}`]);
    expect(told.at(-1)).toBe('reset 1: 1 by fault');
  });

  test('5.1.2: opens more streams than it may, has them refused, and the others go on', () => {
    const { connection, told, say } = connectionOf('server', { limits: { maxStreams: 2 } });
    expect(say(headers(1, REQUEST), headers(3, REQUEST), headers(5, REQUEST))).toEqual([`reset 5: ${REFUSED}`]);
    connection.reset(1, 8);
    say(data(5, 'x'), headers(7, REQUEST)); // frames of the refused stream may have been under way
    expect(told).toHaveLength(3);
    expect(told.at(-1)).toBe(`head 7: ${REQUEST_LINE}`);
  });

  test('5.1.2: takes no more streams of ours, has none opened until one is over', () => {
    const { connection, say } = connectionOf('client');
    say(settings([3, 1]));
    expect(connection.open(blockOf(REQUEST), true)).toBe(1);
    expect(connection.open(blockOf(REQUEST), true)).toBe(0);
    say(headers(1, { ':status': '204' }, true));
    expect(connection.open(blockOf(REQUEST), true)).toBe(3);
  });

  test('10.5.1: sends too many fields, has that stream reset, and the next is understood', () => {
    const { told, say } = connectionOf('server', { limits: { fields: 6 } });
    const many = { ...REQUEST, a: '1', b: '2', c: '3' };
    expect(say(headers(1, many), headers(3, REQUEST))).toEqual([`reset 1: ${CALM}`]);
    expect(told).toEqual([`head 3: ${REQUEST_LINE}`]);
  });

  test('6.4: resets a stream, is heard once, and nothing more is sent on it', () => {
    const { connection, told, say, written } = connectionOf('server');
    say(headers(1, REQUEST), reset(1, 8));
    expect(told.at(-1)).toBe('reset 1: 8 by peer');
    expect(connection.sendBlock(1, blockOf({ ':status': '200' }), true)).toBe(false);
    expect(connection.sendData(1, Buffer.alloc(5), 0, 5, true)).toBe(-1);
    expect([written(), say(reset(1), windowUpdate(1, 5))]).toEqual([[], []]);
  });

  test('6.8: says GOAWAY, has later requests left out and told as safe to send elsewhere', () => {
    const { connection, told, say } = connectionOf('client');
    for (let count = 0; count < 3; count++) connection.open(blockOf(REQUEST), true);
    say(frame(7, 0, 0, '7fffffff00000000'), frame(7, 0, 0, `0000000300000000${Buffer.from('drains').toString('hex')}`));
    expect(told).toEqual(['goaway 2147483647: 0 ', 'goaway 3: 0 drains', 'reset 5: 7 by goaway']);
    expect(connection.open(blockOf(REQUEST), true)).toBe(0);
    say(headers(3, { ':status': '200' }, true));
    expect(told.at(-1)).toBe('closed 3');
  });

  test('6.8: hears our GOAWAY, has streams above it left out, but the table and the window follow', () => {
    const { connection, told, say, written } = connectionOf('server');
    say(headers(1, REQUEST));
    connection.announceEnd();
    say(headers(3, REQUEST));
    connection.goaway(0, 'drains');
    expect(written()).toEqual([`goaway 3: 0 ${Buffer.from('drains').toString('hex')}`]);
    expect(say(headers(5, REQUEST), data(5, 'abc', true), reset(5), data(3, 'x'))).toEqual([]);
    expect(told).toEqual([`head 1: ${REQUEST_LINE}`, `head 3: ${REQUEST_LINE}`, 'data 3: x']);
  });

  test('6.8: has heard our GOAWAY, hears no later one that allows more streams', () => {
    const { connection, say, written } = connectionOf('server');
    say(headers(1, REQUEST));
    connection.goaway(0, '');
    expect(written()).toHaveLength(1);
    connection.announceEnd();
    expect(written()).toEqual([]);
  });

  test('6.8: breaks a rule after our GOAWAY, gets no GOAWAY for more streams', () => {
    const { connection, say } = connectionOf('server');
    say(headers(3, REQUEST));
    connection.goaway(0, '');
    expect(say(headers(9, REQUEST), frame(6, 0, 1, '0000000000000000'))[1]).toMatch(/^goaway 3: 1 /);
  });

  test('5.1: is a server that opens a stream, has the connection closed', () => {
    const { told, say } = connectionOf('client');
    say(headers(2, { ':status': '200' }));
    expect(told).toEqual(['fault 1: HEADERS of a stream that may not be opened']);
  });

  test('6.5.2: is a server that allows pushes, has the connection closed', () => {
    expect(connectionOf('client').say(settings([2, 1]))).toEqual([
      goaway(0, PROTOCOL, 'a SETTINGS_ENABLE_PUSH that this peer may not send'),
    ]);
  });
});

test('8.1: the end of a body joins its last piece while that waits to be sent, and is a frame of its own behind anything else', () => {
  const { connection, written } = connectionOf('client');
  const piece = Buffer.from('ab');
  const open = (): number => {
    const stream = connection.open(blockOf(REQUEST), false);
    connection.sendData(stream, piece, 0, 2, false);
    return stream;
  };
  const end = (stream: number): number => connection.sendData(stream, piece, 0, 0, true);
  const dataOf = (): readonly string[] => written().filter((line) => line.startsWith('data'));
  const one = open();
  end(one);
  expect(dataOf()).toEqual([`data ${one} of 2: 6162 end`]);
  const [two, three] = [open(), open()];
  end(two);
  end(three);
  expect([...dataOf()].sort()).toEqual([
    `data ${two} of 0:  end`,
    `data ${two} of 2: 6162`,
    `data ${three} of 0:  end`,
    `data ${three} of 2: 6162`,
  ]);
  const four = open();
  dataOf();
  end(four);
  expect(dataOf()).toEqual([`data ${four} of 0:  end`]);
  expect(connection.streams).toBe(4); // each waits for its answer
});

describe('10.5: a peer that floods is closed with ENHANCE_YOUR_CALM: by', () => {
  const limits = {
    resets: { burst: 20, perS: 10 },
    control: { burst: 20, perS: 10 },
    empties: { burst: 20, perS: 10 },
    windowUpdates: { burst: 20, perS: 10 },
  };
  const open = (index: number): Buffer => headers(2 * index + 1, REQUEST);

  test.each<readonly [string, (index: number) => readonly Buffer[], string]>([
    ['rapid resets', (index) => [open(index), reset(2 * index + 1)], 'too many streams that were reset'],
    [
      'streams that it has us reset',
      (index) => [open(index), windowUpdate(2 * index + 1, 0)],
      'too many streams that had to be reset',
    ],
    ['malformed requests', (index) => [headers(2 * index + 1, { a: 'b' })], 'too many streams that had to be reset'],
    ['PING', () => [ping], 'too many control frames, the last of them PING'],
    ['SETTINGS', () => [settings([4, 70_000])], 'too many control frames, the last of them SETTINGS'],
    [
      'PRIORITY',
      () => [frame(2, 0, 1, '0000000000')],
      'too many control frames, the last of them PRIORITY of stream 1',
    ],
    [
      'unknown frames',
      () => [frame(0x77, 0, 0)],
      'too many control frames, the last of them unknown frames of type 119',
    ],
    ['empty DATA', (index) => [...(index === 0 ? [open(0)] : []), data(1, '')], 'too many empty DATA frames'],
    [
      'DATA of nothing but padding',
      (index) => [...(index === 0 ? [open(0)] : []), frame(0, 8, 1, '01 00')],
      'too many empty DATA frames',
    ],
    [
      'windows in tiny steps',
      (index) => [...(index === 0 ? [open(0)] : []), windowUpdate(index % 2, 1)],
      'too many WINDOW_UPDATE frames',
    ],
  ])('%s', (_, framesOf, reason) => {
    const { connection, told, say, wait } = connectionOf('server', { limits });
    let count = 0;
    // Within the limit for a while, one each 200 ms, and then without a pause.
    for (; count < 30; count++) {
      wait(200);
      say(...framesOf(count));
    }
    expect(connection.isClosed).toBe(false);
    for (; count < 60 && !connection.isClosed; count++) say(...framesOf(count));
    expect(connection.isClosed).toBe(true);
    expect(count).toBeGreaterThan(45);
    expect(told.at(-1)).toBe(`fault ${CALM}: ${reason}`);
    expect(connection.output.length).toBe(0);
  });

  test('interim responses without an end', () => {
    const { connection, told, say } = connectionOf('client', { limits });
    connection.open(blockOf(REQUEST), true);
    for (let count = 0; count < 40; count++) say(headers(1, { ':status': '100' }));
    expect(told.at(-1)).toBe('fault 11: too many control frames, the last of them an interim response');
  });

  test('none of it: a server that resets each stream after its answer, as it may (8.1), may do so for ever', () => {
    const { connection, told, say } = connectionOf('client', { limits });
    for (let count = 0; count < 500; count++) {
      const [open, over] = [connection.open(blockOf(REQUEST), false), connection.open(blockOf(REQUEST), true)];
      for (const stream of [open, over]) say(headers(stream, { ':status': '200' }, true), reset(stream, 0));
    }
    expect(told.filter((line) => line.startsWith('fault'))).toEqual([]);
    expect(connection.streams).toBe(0);
  });

  test('none of it: a peer that measures the path with a PING beside each DATA frame may do so for ever', () => {
    const { connection, say } = connectionOf('server', { limits });
    say(headers(1, REQUEST));
    for (let count = 0; count < 500; count++) say(data(1, 'x'), ping);
    expect(connection.isClosed).toBe(false);
  });

  test('none of it: a peer that answers each of our DATA frames with windows may do so for ever', () => {
    const { connection, say } = connectionOf('client', { limits });
    const stream = connection.open(blockOf(REQUEST), false);
    for (let count = 0; count < 500; count++) {
      connection.sendData(stream, Buffer.alloc(100), 0, 100, false);
      say(windowUpdate(stream, 100), windowUpdate(0, 100));
    }
    expect(connection.isClosed).toBe(false);
  });
});
