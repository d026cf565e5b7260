import { expect, test } from 'vitest';
import { blockOf, connectionOf, REQUEST } from './connection-under-test.ts';
import { frame } from './raw-frames.ts';

/** HEADERS that begin with no update of the table size, as those of nginx 1.22 after its first request. */
const withoutUpdate = (stream: number, ...blocks: readonly Buffer[]): Buffer =>
  frame(1, 5, stream, Buffer.concat(blocks));

/** `x-a: b`, to be kept in the table; then the first entry of that. */
const kept = Buffer.from('4003782d610162', 'hex');
const again = Buffer.of(0x80 | 62);
const FIELDS = ':method=POST :scheme=http :path=/a.B/C :authority=x x-a=b';

test('4.3.1: a connection takes blocks without an update that name no entry, and ends with a peer that names one', () => {
  const { connection, told, say } = connectionOf('server');
  say(withoutUpdate(1, blockOf(REQUEST), kept), withoutUpdate(3, blockOf(REQUEST), kept));
  expect(told).toEqual([`head 1: ${FIELDS} last`, 'end 1', `head 3: ${FIELDS} last`, 'end 3']);
  expect(say(withoutUpdate(5, blockOf(REQUEST), again)).at(-1)).toMatch(/^goaway 3: 9 /);
  expect(connection.isClosed).toBe(true);
});
