import fc from 'fast-check';
import { expect, test } from 'vitest';
import { textOf } from '../../../../services/node/engine/text.ts';

test('an answer reads as sentences', () => {
  expect(textOf(7, 0, 24)).toMatch(/^[A-Z][a-z ]+\. [A-Z][a-z ]+\.$/);
});

test('an answer is the same however it is divided into messages', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat({ max: 200 }), fc.nat({ max: 200 }), (request, first, second) => {
      expect(textOf(request, 0, first) + textOf(request, first, second)).toBe(textOf(request, 0, first + second));
    }),
  );
});

test('another request has another answer, and a token is about four bytes', () => {
  expect(textOf(1, 0, 24)).not.toBe(textOf(2, 0, 24));
  expect(textOf(3, 0, 1200).length / 1200).toBeGreaterThan(3.8);
  expect(textOf(3, 0, 1200).length / 1200).toBeLessThan(4.6);
});
