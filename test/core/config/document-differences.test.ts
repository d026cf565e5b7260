import fc from 'fast-check';
import { expect, test } from 'vitest';
import { areAlike, documentDifferences } from '../../../core/config/document-differences.ts';

test('the deepest keys that differ are told, a list as one value, and what is missing as undefined', () => {
  const before = { a: { b: 1, c: [1, { d: 2 }], e: 'x' }, f: true };
  const after = { a: { b: 2, c: [1, { d: 3 }], e: 'x', g: { h: null } } };
  expect(documentDifferences(before, after)).toEqual([
    { path: ['a', 'b'], from: 1, to: 2 },
    { path: ['a', 'c'], from: [1, { d: 2 }], to: [1, { d: 3 }] },
    { path: ['a', 'g'], from: undefined, to: { h: null } },
    { path: ['f'], from: true, to: undefined },
  ]);
});

test('documents are alike exactly when their JSON says the same, whatever the order of keys', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      expect(areAlike(a, structuredClone(a))).toBe(true);
      expect(areAlike(a, b)).toBe(sorted(a) === sorted(b));
    }),
  );
});

/** JSON has no -0, and objects that differ in the order of keys only are one. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) =>
    each !== null && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : Object.is(each, -0)
        ? '-0'
        : each,
  );
