import { describe, expect, test } from 'vitest';
import type { Event } from '../../core/event/event.ts';
import type { Attempt } from '../../router/attempt/attempt.ts';
import { CLIENT_GONE, type Ending, endingByNode, endingWithoutStatus } from '../../router/attempt/ending.ts';
import { grpcStatus } from '../../router/attempt/grpc-status.ts';
import { EndpointTable } from '../../router/endpoint/endpoint-table.ts';
import { noForecast } from '../../router/endpoint/forecast.ts';
import type { Observation } from '../../router/observation.ts';
import { createPolicy } from '../../router/pick/create-policy.ts';
import { pickOf } from '../../router/pick/pick-of.ts';
import type { Policy } from '../../router/pick/policy.ts';
import { pricedPolicy } from '../../router/pick/priced-policy.ts';
import { Router } from '../../router/router.ts';
import { loadReport } from './load-report-fixture.ts';
import { request, routerUnderTest } from './router-under-test.ts';

const begin = (router: Router, nowMs: number): Attempt => {
  const attempt = router.begin(request, nowMs);
  if (attempt.kind === 'reject') throw new Error(attempt.reason);
  return attempt;
};

const byNode = (code: number, said: Partial<Ending> = {}): Ending =>
  endingByNode(code, { report: said.report ?? null, pushbackMs: said.pushbackMs ?? null });

test('an attempt is logged with the endpoint, and with the cost where the policy has one', () => {
  const round = routerUnderTest('round-robin', 2);
  begin(round.router, 5);
  expect(round.events).toEqual([{ kind: 'routed', atMs: 5, request: 7, attempt: 1, endpoint: 'n0/fibre' }]);
  const ephemeris = routerUnderTest('ephemeris', 1);
  begin(ephemeris.router, 5);
  const { kind, expectedMs } = ephemeris.events[0] as Extract<Event, { kind: 'routed' }>;
  expect(kind).toBe('routed');
  expect(expectedMs).toBeGreaterThan(50); // 50 for the prompt, and the chance that an objective is missed
});

describe('what an attempt teaches', () => {
  const learnt = (end: (router: Router, attempt: Attempt) => void): number => {
    const { router } = routerUnderTest('random', 1);
    end(router, begin(router, 0));
    return router.endpoints.ewma.valueMs[0]!;
  };

  test('is its time to the first message', () => {
    expect(learnt((router, attempt) => router.firstMessage(attempt, 120))).toBe(120);
  });

  test('is at least 5 s for a failure, or the pushback', () => {
    expect(learnt((router, attempt) => router.end(attempt, byNode(grpcStatus.unavailable), 3))).toBe(5000);
    expect(learnt((router, attempt) => router.end(attempt, byNode(grpcStatus.internal), 9000))).toBe(9000);
    const full = byNode(grpcStatus.resourceExhausted, { pushbackMs: 700 });
    expect(learnt((router, attempt) => router.end(attempt, full, 3))).toBe(700);
    const lost = endingWithoutStatus('path', grpcStatus.unavailable, 'lost');
    expect(learnt((router, attempt) => router.end(attempt, lost, 3))).toBe(5000);
  });

  test('is how long a cancelled one had waited', () => {
    expect(learnt((router, attempt) => router.end(attempt, CLIENT_GONE, 800))).toBe(800);
  });

  test("is not counted for a client's mistake, or when the clock was set in between", () => {
    expect(learnt((router, attempt) => router.end(attempt, byNode(grpcStatus.invalidArgument), 3))).toBe(0);
    const overSetting = (router: Router, attempt: Attempt): void => {
      router.clockWasSet();
      router.firstMessage(attempt, 86_400_000);
      router.end(attempt, byNode(grpcStatus.ok), 86_400_100);
    };
    expect(learnt(overSetting)).toBe(0);
  });

  test('is what the prediction missed, for a policy that predicts', () => {
    const { router } = routerUnderTest('ephemeris', 1);
    router.firstMessage(begin(router, 0), 65); // predicted: 40 of path and 10 of prefill
    expect(router.endpoints.residual.recentMs(0)).toBeCloseTo(15);
  });

  test('six mistakes of clients do not move traffic', () => {
    const { router } = routerUnderTest('peak-ewma', 2);
    for (const endpoint of [0, 1]) router.endpoints.ewma.sample(endpoint, endpoint === 0 ? 40 : 60, 0);
    for (let call = 0; call < 6; call++) router.end(begin(router, 1), byNode(grpcStatus.unimplemented), 2);
    expect(begin(router, 3).endpoint).toBe(0);
  });
});

test('a backlog that a node reports moves the next request elsewhere', () => {
  const { router } = routerUnderTest('ephemeris', 2);
  const backlog = loadReport({ atMs: 0, pendingPromptTokens: 50_000, stepMs: 10, prefillMsPerToken: 0.1 });
  router.report(0, backlog, 1);
  expect(begin(router, 1).endpoint).toBe(1);
  router.report(1, { ...backlog, pendingPromptTokens: 90_000 }, 1);
  expect(begin(router, 1).endpoint).toBe(0);
});

describe('what happens', () => {
  test('reaches observers and then the policy, in order, after the table was updated', () => {
    const told: string[] = [];
    const policy: Policy = {
      name: 'first',
      pick: () => pickOf(0),
      observe: ({ kind }, { outstanding }) => void told.push(`${kind} ${outstanding[0]}`),
    };
    const { router, seen } = routerUnderTest(policy, 1);
    const attempt = begin(router, 0);
    router.firstMessage(attempt, 30);
    router.end(attempt, byNode(grpcStatus.ok, { report: loadReport({ atMs: 40 }) }), 50);
    router.setAvailable(0, false);
    router.setAvailable(0, false);
    router.probed(0, 12, null, 60);
    const expected = ['began 1', 'first 1', 'report 0', 'ended 0', 'available 0', 'probed 0'];
    expect(told).toEqual(expected);
    expect(seen.map(({ kind }) => kind)).toEqual(expected.map((line) => line.split(' ')[0]));
    expect(seen[1]).toMatchObject({ ttftMs: 30, nowMs: 30 });
  });

  test('includes each hand-over that the router may know of, once an endpoint', () => {
    const handovers: Observation[] = [];
    const forecast = {
      ...noForecast,
      nextHandoverAfter: (endpoint: number, atMs: number) =>
        endpoint === 2 ? Number.POSITIVE_INFINITY : (Math.floor(atMs / 15_000) + 1) * 15_000,
    };
    const specs = [0, 1, 2].map((index) => ({ name: `n${index}/laser`, node: `n${index}`, medium: 'laser' }));
    const router = new Router({
      endpoints: new EndpointTable(specs, { forecast }),
      policy: createPolicy('random'),
      rng: { next: () => 0, below: () => 0 } as never,
      observers: [{ observe: (what) => void (what.kind === 'hand-over' && handovers.push(what)) }],
    });
    for (const nowMs of [100, 14_999, 15_000, 20_000, 31_000, 32_000]) begin(router, nowMs);
    expect(handovers).toEqual([
      { kind: 'hand-over', endpoint: 0, atMs: 15_000 },
      { kind: 'hand-over', endpoint: 1, atMs: 15_000 },
      { kind: 'hand-over', endpoint: 0, atMs: 30_000 },
      { kind: 'hand-over', endpoint: 1, atMs: 30_000 },
    ]);
  });
});

test('a policy is replaced between two requests; open requests and learnt values stay', () => {
  const { router } = routerUnderTest('round-robin', 2);
  const attempt = begin(router, 0);
  router.replace({ name: 'last', pick: () => pickOf(1), probes: () => [0, 1] });
  expect(begin(router, 1).endpoint).toBe(1);
  expect(router.probes(1)).toEqual([0, 1]);
  router.firstMessage(attempt, 70);
  router.end(attempt, byNode(grpcStatus.ok), 80);
  expect(router.endpoints.ewma.valueMs[0]).toBe(70);
  expect([...router.endpoints.outstanding]).toEqual([0, 1]);
});

test('a pick prices each candidate once, and where they are many, the pair that is drawn', () => {
  for (const [size, expected] of [
    [3, [0, 1, 2]],
    [40, [12, 24]],
  ] as const) {
    const priced: number[] = [];
    const policy = pricedPolicy('counting', (_request, _endpoints, endpoint, _nowMs, price) => {
      priced.push(endpoint);
      price.costMs = endpoint;
    });
    const endpoints = new EndpointTable(
      Array.from({ length: size }, (_, i) => ({ name: `n${i}/f`, node: `n${i}`, medium: 'f' })),
    );
    begin(new Router({ endpoints, policy, rng: { next: () => 0, below: (bound) => (bound === 40 ? 12 : 23) } }), 0);
    expect(priced).toEqual(expected);
  }
});
