import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MessageReader } from '../../../../services/client/io/message-reader.ts';

const framed = (message: Uint8Array): Buffer => {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
};

test('messages are the same however their bytes are divided, also where the buffer is used again for the next piece', () => {
  const cases = fc.record({
    messages: fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }),
    cuts: fc.array(fc.nat(400), { maxLength: 12 }),
  });
  fc.assert(
    fc.property(cases, ({ messages, cuts }) => {
      const whole = Buffer.concat(messages.map(framed));
      const bounds = [0, ...cuts.filter((at) => at < whole.length).sort((a, b) => a - b), whole.length];
      const reader = new MessageReader();
      const shared = Buffer.alloc(1000);
      const read: number[][] = [];
      for (let index = 1; index < bounds.length; index++) {
        const piece = whole.subarray(bounds[index - 1], bounds[index]);
        shared.fill(0xee);
        piece.copy(shared, 7);
        reader.feed(shared, 7, 7 + piece.length);
        while (reader.next()) read.push([...reader.bytes.subarray(reader.from, reader.to)]);
      }
      expect(read).toEqual(messages.map((message) => [...message]));
      expect(reader.isTooLong).toBe(false);
    }),
  );
});

test('a message above 4 MiB is not waited for', () => {
  const reader = new MessageReader();
  const head = Buffer.alloc(5);
  head.writeUInt32BE((4 << 20) + 1, 1);
  reader.feed(head, 0, 5);
  expect([reader.next(), reader.isTooLong]).toEqual([false, true]);
});
