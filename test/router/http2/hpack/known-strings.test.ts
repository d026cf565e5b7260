import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HpackDecoder } from '../../../../router/http2/hpack/hpack-decoder.ts';
import { encodeFields } from '../../../../router/http2/hpack/hpack-encoder.ts';
import { KnownStrings } from '../../../../router/http2/hpack/known-strings.ts';

const char = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
const text = fc.oneof(
  fc.constantFrom('x-request-id', 'grpc-timeout', '', ' a', 'a ', 'A', 'a b', ':path', '0'.repeat(250)),
  fc.string({ unit: char, maxLength: 6 }),
);
const list = fc.array(fc.record({ name: text, value: text, isSensitive: fc.boolean() }), { maxLength: 5 });

test('fields are the same whatever strings were met before, and plain ones break no rule for characters', () => {
  fc.assert(
    fc.property(fc.array(list, { maxLength: 6 }), (lists) => {
      const strings = new KnownStrings();
      for (const fields of [...lists, ...lists, ...lists]) {
        const block = encodeFields(fields);
        const decoded: unknown[] = [];
        let begin = 0;
        new HpackDecoder({ listBytes: 1 << 20, fields: 100 }, strings).decode(
          block,
          0,
          block.length,
          (name, value, isSensitive, end, isPlain) => {
            decoded.push({ name, value, isSensitive });
            expect(encodeFields([{ name, value, isSensitive }])).toEqual(block.subarray(begin, end));
            begin = end;
            if (!isPlain) return;
            expect(value).toMatch(/^(?:[!-~](?:[ -~]*[!-~])?)?$/);
            expect(name).toMatch(/^(?::(?:path|method|status|scheme|authority)|[a-z0-9._-]+)$/);
          },
        );
        expect(decoded).toEqual(fields);
      }
    }),
  );
});

test('a string is known from the second time on, in the code that it came in, and a secret never', () => {
  const strings = new KnownStrings();
  const decoder = new HpackDecoder({ listBytes: 1 << 20, fields: 100 }, strings);
  const decode = (name: string, value: string, isSensitive: boolean): void => {
    const block = encodeFields([{ name, value, isSensitive }]);
    decoder.decode(block, 0, block.length, () => {});
  };
  const isKnown = (value: string): boolean => {
    const block = encodeFields([{ name: 'x', value }]);
    const coded = (block[3]! & 0x80) !== 0;
    return strings.find(block, 4, block.length, coded)?.text === value;
  };
  decode('x', 'some-value', false);
  expect(isKnown('some-value')).toBe(false);
  decode('x', 'some-value', false);
  expect(isKnown('some-value')).toBe(true);
  for (let times = 0; times < 3; times++) decode('x', 'a-secret', true);
  expect(isKnown('a-secret')).toBe(false);
});
