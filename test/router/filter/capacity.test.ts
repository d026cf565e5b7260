import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRng } from '../../../core/random/rng.ts';
import type { Attempt } from '../../../router/attempt/attempt.ts';
import { CLIENT_GONE } from '../../../router/attempt/ending.ts';
import { EndpointTable } from '../../../router/endpoint/endpoint-table.ts';
import { Capacity } from '../../../router/filter/capacity.ts';
import { createPolicy } from '../../../router/pick/create-policy.ts';
import { Router } from '../../../router/router.ts';
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

describe('a node with a limit of its own', () => {
  const routerOver = (most: number) => {
    const specs = ['a', 'a', 'b'].map((node, index) => ({
      name: `n${index}`,
      node,
      medium: 'fibre',
      maxOutstanding: node === 'a' ? 3 : null,
    }));
    const endpoints = new EndpointTable(specs);
    const capacity = new Capacity(endpoints, most, specs);
    const policy = createPolicy('round-robin');
    const rng = seededRng(1)('policy');
    return { capacity, router: new Router({ endpoints, policy, rng, observers: [capacity], filters: [capacity] }) };
  };
  const begun = (router: Router, requests: number): readonly Attempt[] =>
    Array.from({ length: requests }, () => router.begin(request, 0)).filter((each) => each.kind === 'attempt');

  test('is full over all its paths, and others are not', () => {
    const { router, capacity } = routerOver(1024);
    const attempts = begun(router, 20);
    expect([...router.endpoints.nodeOutstanding]).toEqual([3, 17]);
    router.end(attempts.find(({ endpoint }) => endpoint < 2)!, CLIENT_GONE, 1);
    expect(capacity.admitsAll).toBe(true);
    begun(router, 3);
    expect(router.endpoints.nodeOutstanding[0]).toBe(3);
  });

  test('has that of each path besides', () => {
    const { router, capacity } = routerOver(2);
    const attempts = begun(router, 6);
    expect(attempts).toHaveLength(5);
    expect([...router.endpoints.nodeOutstanding]).toEqual([3, 2]);
    for (const attempt of attempts) router.end(attempt, CLIENT_GONE, 2);
    expect(capacity.admitsAll).toBe(true);
  });
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
