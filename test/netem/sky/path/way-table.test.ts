import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WayTable } from '../../../../netem/sky/path/way-table.ts';

const SHAPE = { firstSlot: -2, slots: 4, rowsPerSlot: 3, width: 2 };
const rowOf = (slot: number, tag: number): Float64Array => Float64Array.of(slot, tag + 0.5);

test('a row is found as it was kept, in every table over the same memory, or not at all', () => {
  const asked = fc.record({
    slot: fc.integer({ min: -4, max: 4 }),
    tag: fc.integer({ min: 0, max: 5 }),
    isKept: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(asked, { maxLength: 60 }), (all) => {
      const table = new WayTable(SHAPE);
      const other = new WayTable(SHAPE, table.memory);
      const kept = new Map<number, Set<number>>();
      for (const { slot, tag, isKept } of all) {
        const tags = kept.get(slot) ?? new Set();
        if (isKept) {
          table.keep(slot, tag, rowOf(slot, tag));
          if (table.covers(slot) && tags.size < SHAPE.rowsPerSlot) kept.set(slot, tags.add(tag));
        }
        for (const { find, values } of [table, other].map((one) => ({
          find: one.find.bind(one),
          values: one.values,
        }))) {
          const at = find(slot, tag);
          if (tags.has(tag)) expect([...values.subarray(at, at + 2)]).toEqual([...rowOf(slot, tag)]);
          else expect(at).toBe(-1);
        }
      }
    }),
  );
});

test('a table does not begin in memory of another shape', () => {
  const { memory } = new WayTable(SHAPE);
  expect(() => new WayTable({ ...SHAPE, slots: 5 }, memory)).toThrow(/cannot be in/);
});
