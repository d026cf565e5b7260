import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HistogramFamily } from '../../../router/metrics/histogram-family.ts';
import { labelsOf } from '../../../router/metrics/labels.ts';

test('every value is in each bucket whose bound it does not exceed, and in the count and the sum', () => {
  const buckets = [0, 1, 2.5, 10];
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5, max: 20 }), { minLength: 1 }), (values) => {
      const family = new HistogramFamily({ name: 'x', help: 'Some.', buckets }, ['a="b"', 'a="c"']);
      for (const value of values) family.record(1, value);
      const text = family.text();
      for (const bound of buckets) {
        const count = values.filter((value) => value <= bound).length;
        expect(text).toContain(`x_bucket{a="c",le="${bound}"} ${count}\n`);
      }
      expect(text).toContain(`x_bucket{a="c",le="+Inf"} ${values.length}\n`);
      expect(text).toContain(`x_count{a="c"} ${values.length}\n`);
      expect(text).toContain(`x_sum{a="c"} ${values.reduce((sum, value) => sum + value, 0)}\n`);
      expect(text).not.toContain('a="b"');
    }),
  );
});

test('a label is written so that Prometheus reads it back', () => {
  expect(labelsOf({ a: 'x"y\\z\n', b: 'c/d' })).toBe(String.raw`a="x\"y\\z\n",b="c/d"`);
});
