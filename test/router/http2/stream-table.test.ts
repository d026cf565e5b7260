import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdQueue } from '../../../router/http2/id-queue.ts';
import { StreamTable } from '../../../router/http2/stream-table.ts';

test('streams come and go in any order, and each is found with what it was given, and no other', () => {
  const step = fc.record({ isAdd: fc.nat(4).map((of) => of < 3), pick: fc.nat() });
  fc.assert(
    fc.property(fc.array(step, { minLength: 300, maxLength: 600 }), (steps) => {
      const table = new StreamTable();
      const open = new Map<number, number>();
      const ids: number[] = [];
      let next = 1;
      for (const { isAdd, pick } of steps) {
        if (isAdd || open.size === 0) {
          const slot = table.add(next, next * 3, next * 5);
          expect(table.unused[slot]! + table.owed[slot]! + table.flags[slot]!).toBe(0);
          table.unused[slot] = 7; // what is left behind must not be found by the next one
          open.set(next, slot);
          ids.push(next);
          next += 2 * (1 + (pick % 5000)); // gaps, so that some hashes meet
        } else {
          const id = [...open.keys()][pick % open.size]!;
          table.remove(open.get(id)!);
          open.delete(id);
        }
      }
      expect(table.count).toBe(open.size);
      for (const id of ids) {
        const slot = table.find(id);
        expect(slot).toBe(open.get(id) ?? -1);
        if (slot >= 0) expect([table.sendWindow[slot], table.receiveWindow[slot]]).toEqual([id * 3, id * 5]);
      }
    }),
    { numRuns: 60 },
  );
});

test('a queue gives back what was put in, in order', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(1e9), fc.constant(null)), { maxLength: 300 }), (steps) => {
      const queue = new IdQueue();
      const expected: number[] = [];
      for (const id of steps) {
        if (id !== null) {
          queue.push(id);
          expected.push(id);
        } else if (expected.length > 0) expect(queue.shift()).toBe(expected.shift());
        expect(queue.count).toBe(expected.length);
      }
    }),
  );
});
