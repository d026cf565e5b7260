import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event, Outcome } from '../../core/event/event.ts';
import { seededRng } from '../../core/random/rng.ts';
import type { Attempt } from '../../router/attempt/attempt.ts';
import { EndpointTable } from '../../router/endpoint/endpoint-table.ts';
import { noForecast } from '../../router/endpoint/forecast.ts';
import type { RequestInfo } from '../../router/pick/policy.ts';
import { createPolicy } from '../../router/pick/registry.ts';
import { Router } from '../../router/router.ts';

const UNAVAILABLE = 14;
const request: RequestInfo = { id: 7, promptTokens: 100, maxOutputTokens: 10, session: '' };

const routerOf = (
  policy: string,
  size: number,
  options: { readonly maxAttempts?: number; readonly maxOutstanding?: number } = {},
): { router: Router; events: Event[] } => {
  const specs = Array.from({ length: size }, (_, index) => ({
    name: `n${index}/fibre`,
    node: `n${index}`,
    medium: 'fibre',
  }));
  const events: Event[] = [];
  const endpoints = new EndpointTable(specs, { forecast: { ...noForecast, rttMsAt: () => 40 } });
  const rng = seededRng(1)('policy');
  const emit = (event: Event): number => events.push(event);
  return { router: new Router({ endpoints, policy: createPolicy(policy), rng, emit, ...options }), events };
};

const begin = (router: Router, nowMs: number, previous: Attempt | null = null): Attempt => {
  const attempt = router.begin(request, nowMs, previous);
  if (attempt.kind === 'reject') throw new Error(attempt.reason);
  return attempt;
};

test('an attempt is logged with the endpoint, and with the cost where the policy has one', () => {
  const round = routerOf('round-robin', 2);
  begin(round.router, 5);
  expect(round.events).toEqual([{ kind: 'routed', atMs: 5, request: 7, attempt: 1, endpoint: 'n0/fibre' }]);
  const ephemeris = routerOf('ephemeris', 1);
  begin(ephemeris.router, 5);
  expect(ephemeris.events[0]).toMatchObject({ expectedMs: 50 });
});

describe('a retry', () => {
  test('is for UNAVAILABLE, before the first message, up to the attempts allowed', () => {
    const { router } = routerOf('round-robin', 3, { maxAttempts: 2 });
    const first = begin(router, 0);
    router.end(first, 'failed', 1);
    expect([0, 1, 4, 8, 13, UNAVAILABLE].filter((status) => router.mayRetry(first, status))).toEqual([UNAVAILABLE]);
    const second = begin(router, 1, first);
    router.end(second, 'failed', 2);
    expect(router.mayRetry(second, UNAVAILABLE)).toBe(false);
    const answered = begin(router, 3);
    router.firstMessage(answered, 4);
    router.end(answered, 'failed', 5);
    expect(router.mayRetry(answered, UNAVAILABLE)).toBe(false);
  });

  test('goes elsewhere each time, and nowhere when all were tried', () => {
    const { router, events } = routerOf('random', 3, { maxAttempts: 5 });
    let attempt = begin(router, 0);
    const endpoints = [attempt.endpoint];
    for (let tries = 0; tries < 2; tries++) {
      router.end(attempt, 'failed', 0);
      attempt = begin(router, 0, attempt);
      endpoints.push(attempt.endpoint);
    }
    router.end(attempt, 'failed', 0);
    expect(endpoints.sort()).toEqual([0, 1, 2]);
    expect(router.begin(request, 0, attempt)).toEqual({ kind: 'reject', reason: 'no-endpoint' });
    expect(events.map((event) => event.kind === 'routed' && event.attempt)).toEqual([1, 2, 3]);
    expect(begin(router, 0).kind).toBe('attempt');
  });
});

describe('what an attempt teaches', () => {
  const learnt = (end: (router: Router, attempt: Attempt) => void): number => {
    const { router } = routerOf('random', 1);
    end(router, begin(router, 0));
    return router.endpoints.ewma.valueMs[0]!;
  };

  test('is its time to the first message', () => {
    expect(learnt((router, attempt) => router.firstMessage(attempt, 120))).toBe(120);
  });

  test('is at least 5 s for a failure, or the pushback', () => {
    expect(learnt((router, attempt) => router.end(attempt, 'failed', 3))).toBe(5000);
    expect(learnt((router, attempt) => router.end(attempt, 'failed', 9000))).toBe(9000);
    expect(learnt((router, attempt) => router.end(attempt, 'refused', 3, null, 700))).toBe(700);
  });

  test('is how long a cancelled one had waited', () => {
    expect(learnt((router, attempt) => router.end(attempt, 'cancelled', 800))).toBe(800);
  });

  test('is what the prediction missed, for a policy that predicts', () => {
    const { router } = routerOf('ephemeris', 1);
    router.firstMessage(begin(router, 0), 65); // predicted: 40 of path and 10 of prefill
    expect(router.endpoints.residual.recentMs[0]).toBeCloseTo(15);
  });
});

test('an endpoint with all it may have outstanding refuses', () => {
  const { router } = routerOf('random', 1, { maxOutstanding: 2 });
  const first = begin(router, 0);
  begin(router, 0);
  expect(router.begin(request, 0)).toEqual({ kind: 'reject', reason: 'overloaded' });
  router.end(first, 'answered', 1);
  expect(router.begin(request, 1).kind).toBe('attempt');
});

test('whatever ends in whatever order, and however often, nothing stays outstanding', () => {
  const outcomes: Outcome[] = ['answered', 'failed', 'refused', 'cancelled'];
  const ends = fc.array(fc.record({ outcome: fc.constantFrom(...outcomes), first: fc.boolean(), twice: fc.boolean() }));
  fc.assert(
    fc.property(ends, fc.constantFrom('peak-ewma', 'ephemeris', 'least-request'), (calls, policy) => {
      const { router } = routerOf(policy, 3);
      const attempts = calls.map((_, nowMs) => begin(router, nowMs));
      calls.forEach(({ outcome, first, twice }, index) => {
        if (first) router.firstMessage(attempts[index]!, 100 + index);
        router.end(attempts[index]!, outcome, 200 + index);
        if (twice) router.end(attempts[index]!, 'failed', 300 + index);
      });
      expect([...router.endpoints.outstanding]).toEqual([0, 0, 0]);
      expect([...router.endpoints.nodes.unreportedPromptTokens]).toEqual([0, 0, 0]);
    }),
  );
});
