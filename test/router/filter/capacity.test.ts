import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Attempt } from '../../../router/attempt/attempt.ts';
import { CLIENT_GONE } from '../../../router/attempt/ending.ts';
import { request, routerUnderTest } from '../router-under-test.ts';

test('a full endpoint is left out while another has room, and a request is refused when all are full', () => {
  const { router } = routerUnderTest('round-robin', 2, { maxOutstanding: 2 });
  const picks = Array.from({ length: 4 }, () => router.begin(request, 0));
  expect(picks.map((pick) => pick.kind === 'attempt' && pick.endpoint)).toEqual([0, 1, 0, 1]);
  expect(router.begin(request, 0)).toEqual({ kind: 'reject', reason: 'overloaded' });
  router.end(picks[2] as Attempt, CLIENT_GONE, 1);
  expect(router.begin(request, 1)).toMatchObject({ endpoint: 0 });
});

test('a policy that prefers one endpoint spills over to the next when that one is full', () => {
  const { router } = routerUnderTest('ephemeris', 3, { maxOutstanding: 1 });
  const endpoints = Array.from({ length: 3 }, () => router.begin(request, 0)).map(
    (attempt) => attempt.kind === 'attempt' && attempt.endpoint,
  );
  expect(new Set(endpoints)).toEqual(new Set([0, 1, 2]));
});

test('in any order of begins and ends no endpoint exceeds its limit, and no request is refused while one has room', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1, max: 20 }), { maxLength: 80 }), (steps) => {
      const { router } = routerUnderTest('random', 3, { maxOutstanding: 2 });
      const open: Attempt[] = [];
      for (const step of steps) {
        if (step >= 0 && open.length > 0) {
          router.end(open.splice(step % open.length, 1)[0]!, CLIENT_GONE, 0);
          continue;
        }
        const isFull = open.length === 6;
        const attempt = router.begin(request, 0);
        expect(attempt.kind === 'reject').toBe(isFull);
        if (attempt.kind === 'attempt') open.push(attempt);
        expect(Math.max(...router.endpoints.outstanding)).toBeLessThanOrEqual(2);
      }
    }),
  );
});
