import { describe, expect, test } from 'vitest';
import { seededRng } from '../../core/random/rng.ts';
import type { Attempt } from '../../router/attempt/attempt.ts';
import { endingByNode } from '../../router/attempt/ending.ts';
import { grpcStatus } from '../../router/attempt/grpc-status.ts';
import { madeRouter } from '../../router/made-router.ts';
import { createPolicy } from '../../router/pick/create-policy.ts';
import type { Router } from '../../router/router.ts';
import { routerSchema } from '../../router/schema.ts';
import { request } from './router-under-test.ts';

/** A router over four nodes, of which those numbers say that they do not serve. */
const routerWith = (settings: object, unhealthy: readonly number[] = []): Router => {
  const config = routerSchema.parse(settings);
  const router = madeRouter({
    settings: config,
    specs: [0, 1, 2, 3].map((node) => ({ name: `n${node}/fibre`, node: `n${node}`, medium: 'fibre' })),
    table: {},
    policy: createPolicy('round-robin'),
    rng: seededRng(1)('policy'),
    label: 'test',
    knowsSlots: true,
    observers: [],
    picks: null,
  });
  router.health!.look(0);
  for (const endpoint of unhealthy) router.health!.answered(endpoint, 'not-serving', 1);
  return router;
};

/** Where so many requests go; null for one that is refused. */
const picked = (router: Router, requests = 8): ReadonlySet<number | null> =>
  new Set(
    Array.from({ length: requests }, () => {
      const attempt = router.begin(request, 10);
      return attempt.kind === 'attempt' ? attempt.endpoint : null;
    }),
  );

const failing = (router: Router, endpoint: number): void => {
  for (let turn = 0; turn < 64; turn++) {
    const attempt = router.begin(request, 10);
    if (attempt.kind !== 'attempt') return;
    if (attempt.endpoint === endpoint) {
      router.end(attempt, endingByNode(grpcStatus.internal, { report: null, pushbackMs: null }), 10);
    }
  }
};

describe('where health checks leave fewer endpoints than the share for panic', () => {
  test('all of them count', () => {
    expect(picked(routerWith({ panicShare: 0.5 }, [0, 1]))).toEqual(new Set([2, 3]));
    expect(picked(routerWith({ panicShare: 0.5 }, [0, 1, 2]))).toEqual(new Set([0, 1, 2, 3]));
    expect(picked(routerWith({ panicShare: 0.75 }, [0, 1]))).toEqual(new Set([0, 1, 2, 3]));
  });

  test('no request moves away from an unhealthy endpoint, since it might move to another one', () => {
    const attemptAt0 = (panicShare: number): [Router, Attempt] => {
      const router = routerWith({ panicShare });
      const attempt = router.begin(request, 0) as Attempt;
      for (const endpoint of [0, 1, 2]) router.health!.answered(endpoint, 'not-serving', 1);
      return [router, attempt];
    };
    const [calm, moved] = attemptAt0(0.25);
    expect(calm.reasonToMove(moved)).toBe('node');
    const [panicking, kept] = attemptAt0(0.5);
    expect(panicking.reasonToMove(kept)).toBeNull();
  });
});

test('by default they count only where all are unhealthy', () => {
  expect(picked(routerWith({}, [0, 1, 2]))).toEqual(new Set([3]));
  expect(picked(routerWith({}, [0, 1, 2, 3]))).toEqual(new Set([0, 1, 2, 3]));
});

test('ejection counts together with health: what both leave is compared with the share', () => {
  const ejection = { consecutive: 2, maxShare: 0.5 };
  const kept = routerWith({ ejection, panicShare: 0.5 }, [0]);
  failing(kept, 1);
  expect(picked(kept)).toEqual(new Set([2, 3]));
  const panicking = routerWith({ ejection, panicShare: 0.6 }, [0]);
  failing(panicking, 1);
  expect(picked(panicking)).toEqual(new Set([1, 2, 3]));
});

test('a breaker holds in panic too: where all are open a request is refused, and its client is told for how long', () => {
  const router = routerWith({ breaker: { consecutive: 2, jitter: 0 }, ejection: { maxShare: 0 }, panicShare: 1 });
  for (const endpoint of [0, 1, 2, 3]) failing(router, endpoint);
  const refused = router.begin(request, 10);
  expect(refused).toEqual({ kind: 'reject', reason: 'broken' });
  expect(router.brokenForMs(110)).toBe(900);
});
