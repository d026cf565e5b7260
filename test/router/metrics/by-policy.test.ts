import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByPolicy } from '../../../router/metrics/by-policy.ts';

test('the counters of all policies add up to the totals, and each rose only while its policy picked', () => {
  const step = fc.record({ policy: fc.constantFrom('a', 'b', 'c'), rises: fc.tuple(fc.nat(9), fc.nat(9)) });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const split = new ByPolicy('a', 2);
      const totals: [number, number] = [0, 0];
      const expected = new Map([['a', [0, 0]]]);
      for (const { policy, rises } of steps) {
        split.switchTo(policy, totals);
        const counted = expected.get(policy) ?? [0, 0];
        expected.set(policy, counted);
        for (const index of [0, 1] as const) {
          totals[index] += rises[index];
          counted[index]! += rises[index];
        }
        if (rises[0] > 4) split.shares(totals); // reading changes nothing
      }
      const shares = new Map([...split.shares(totals)].map(([policy, counts]) => [policy, [...counts]]));
      expect(shares).toEqual(expected);
    }),
  );
});
