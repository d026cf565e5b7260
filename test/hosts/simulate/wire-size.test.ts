import fc from 'fast-check';
import { expect, test } from 'vitest';
import { requestBytes, requestBytesOf } from '../../../hosts/simulate/wire-size.ts';
import { generateMessage } from '../../../services/client/generate-message.ts';
import { routedBlocks, routedHashes } from '../../../workload/prefix-header.ts';
import { ON_ITS_OWN, type PlannedRequest } from '../../../workload/schedule.ts';

const plain = { id: 1, atMs: 0, client: 'c', promptTokens: 3000, outputTokens: 5, maxOutputTokens: 9, ...ON_ITS_OWN };

const name = fc.string({ unit: fc.constantFrom(...'abc-1'), maxLength: 12 });

const part = fc.record({
  key: fc.string({ unit: fc.constantFrom(...'abc '), minLength: 1, maxLength: 20 }),
  tokens: fc.integer({ min: 1, max: 4000 }),
});

/** What a live client sends for a request beyond that of one on its own. */
const liveBytes = (planned: PlannedRequest): number => {
  const bytesOf = (one: PlannedRequest): number => {
    const { fields, message } = generateMessage(one);
    // A field of a header block: a byte, two lengths, its name and its value.
    return fields.reduce(
      (sum, [field, value]) => sum + field.length + value.length + 3 + (value.length > 126 ? 1 : 0),
      message.length,
    );
  };
  return bytesOf(planned) - bytesOf({ ...plain, promptTokens: planned.promptTokens });
};

test('a request on its own has the bytes of its prompt and its headers', () => {
  expect(requestBytesOf(plain)).toBe(requestBytes(3000));
});

test('what a simulated request says of itself takes what a live one takes, within a few bytes a field', () => {
  fc.assert(
    fc.property(
      fc.record({
        model: name,
        class: name,
        priority: fc.integer({ min: -9, max: 9 }),
        tenant: name,
        session: name,
        prefix: fc.array(part, { maxLength: 4 }),
      }),
      (belonging) => {
        const planned = { ...plain, ...belonging, turn: belonging.session === '' ? 0 : 3 };
        const simulated = requestBytesOf(planned) - requestBytes(plain.promptTokens);
        expect(Math.abs(simulated - liveBytes(planned))).toBeLessThanOrEqual(16 + 4 * belonging.prefix.length);
      },
    ),
  );
});

test('as many blocks are counted as hashes are sent', () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 20 }), fc.integer({ min: 1, max: 60_000 }), (prefix, promptTokens) => {
      expect(routedBlocks(prefix, promptTokens)).toBe(routedHashes(prefix, promptTokens).length);
    }),
  );
});
