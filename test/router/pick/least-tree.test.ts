import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LeastTree } from '../../../router/pick/least-tree.ts';

test('finds the first number within the bound, else the first of the least, after any changes', () => {
  const numbers = fc.array(fc.nat(9), { minLength: 1, maxLength: 70 });
  const changes = fc.array(fc.record({ index: fc.nat(69), value: fc.nat(12), bound: fc.nat(12) }), { maxLength: 40 });
  fc.assert(
    fc.property(numbers, changes, (drawn, changed) => {
      const tree = new LeastTree();
      const plain = [...drawn];
      tree.begin(70);
      tree.begin(plain.length).set(plain);
      tree.build();
      for (const { index, value, bound } of changed) {
        const at = index % plain.length;
        plain[at] = value;
        tree.set(at, value);
        const limit = Math.max(bound, Math.min(...plain));
        tree.bound = bound;
        expect(tree.firstAtMost()).toBe(plain.findIndex((each) => each <= limit));
      }
    }),
  );
});
