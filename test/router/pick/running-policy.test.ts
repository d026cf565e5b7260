import { expect, test } from 'vitest';
import type { Policy } from '../../../router/pick/policy.ts';
import { type PolicyRecipe, RunningPolicy } from '../../../router/pick/running-policy.ts';

const recipe = (of: unknown, around: unknown): PolicyRecipe => ({
  of,
  make: () => ({ name: `made of ${JSON.stringify(of)}`, pick: () => ({ kind: 'reject', reason: 'no-endpoint' }) }),
  in: around,
  dress: (bare): Policy => (around === null ? bare : { ...bare, name: `${bare.name} in ${JSON.stringify(around)}` }),
});

test('a policy stays the same object while name and parameters do, and gets other prices around it', () => {
  const running = new RunningPolicy(recipe(['a', { x: 1 }], null));
  const first = running.policy;
  expect(running.become(recipe(['a', { x: 1 }], null))).toBe(first);
  expect(running.become(recipe(['a', { x: 1 }], 5)).name).toBe(`${first.name} in 5`);
  expect(running.become(recipe(['a', { x: 1 }], null))).toBe(first);
  const other = running.become(recipe(['a', { x: 2 }], null));
  expect([other === first, other.name]).toEqual([false, 'made of ["a",{"x":2}]']);
  expect(running.policy).toBe(other);
});

test('a policy that cannot be made leaves the one that runs', () => {
  const running = new RunningPolicy(recipe('a', null));
  const first = running.policy;
  const broken: PolicyRecipe = {
    ...recipe('b', null),
    make: () => {
      throw new Error('no');
    },
  };
  expect(() => running.become(broken)).toThrow('no');
  expect(running.policy).toBe(first);
  expect(running.become(recipe('a', null))).toBe(first);
});
