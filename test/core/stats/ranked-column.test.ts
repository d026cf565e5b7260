import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rankedColumn, rankedGroups } from '../../../core/stats/ranked-column.ts';

const values = fc.array(
  fc.oneof(
    fc.integer({ min: -5, max: 5 }),
    fc.double().map((value) => value + 0), // 0 and -0 are one value, in any order
    fc.constant(Number.POSITIVE_INFINITY),
    fc.constant(Number.NaN),
  ),
  { maxLength: 50 },
);

test('a ranked column has its finite values ascending, each with the row it came from', () => {
  fc.assert(
    fc.property(values, (all) => {
      const column = Float64Array.from(all);
      const { seen, rows } = rankedColumn(column);
      expect([...seen]).toEqual([...column.filter(Number.isFinite).sort()]);
      expect([...rows].map((row) => column[row])).toEqual([...seen]);
      expect(new Set(rows).size).toBe(seen.length);
    }),
  );
});

test('its groups are what sorting each group by itself gives, and count what is censored', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: -1, max: 3 }), values), { maxLength: 30 }), (parts) => {
      const column = Float64Array.from(parts.flatMap(([, own]) => own));
      const groupOf = Int32Array.from(parts.flatMap(([group, own]) => own.map(() => group)));
      const found = rankedGroups(rankedColumn(column), { groupOf, groups: 4 });
      for (const group of [0, 1, 2, 3]) {
        const own = column.filter((_, row) => groupOf[row] === group);
        expect([...found[group]!.seen]).toEqual([...own.filter(Number.isFinite).sort()]);
        expect(found[group]!.censored).toBe(own.filter((value) => value === Number.POSITIVE_INFINITY).length);
      }
    }),
  );
});
