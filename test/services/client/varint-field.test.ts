import { create, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  GenerateRequestSchema,
  GenerateResponseSchema,
} from '../../../proto/gen/starlane/inference/v1/inference_pb.js';
import { tokensIn } from '../../../services/client/generate-message.ts';
import { varintField } from '../../../services/client/varint-field.ts';

const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });

test('reads the tokens of any message, wherever it is in a buffer', () => {
  fc.assert(
    fc.property(fc.string(), uint32, fc.uint8Array({ maxLength: 9 }), (text, tokens, before) => {
      const message = toBinary(GenerateResponseSchema, create(GenerateResponseSchema, { text, tokens }));
      const bytes = Uint8Array.from([...before, ...message, 8, 1]);
      expect(tokensIn(bytes, before.length, before.length + message.length)).toBe(tokens);
    }),
  );
});

test('finds a field among others of every kind', () => {
  fc.assert(
    fc.property(fc.string(), uint32, uint32, (prompt, promptTokens, outputTokens) => {
      const request = create(GenerateRequestSchema, { prompt, promptTokens, outputTokens, model: 'm', priority: -3 });
      const bytes = toBinary(GenerateRequestSchema, request);
      expect(varintField(bytes, 0, bytes.length, 4)).toBe(outputTokens);
      expect(varintField(bytes, 0, bytes.length, 15)).toBe(0);
    }),
  );
  const fixed = Uint8Array.of(0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0x15, 1, 2, 3, 4, 0x18, 42);
  expect(varintField(fixed, 0, fixed.length, 3)).toBe(42);
});

test('a message that is cut off is none', () => {
  const text = 'sea and sky';
  const message = toBinary(GenerateResponseSchema, create(GenerateResponseSchema, { text, tokens: 300 }));
  for (const to of [1, 5, text.length, message.length - 1]) expect(tokensIn(message, 0, to)).toBe(-1);
  expect(tokensIn(Uint8Array.of(0x0b), 0, 1)).toBe(-1); // a group
  expect(tokensIn(new Uint8Array(20).fill(0xff), 0, 20)).toBe(-1);
});
