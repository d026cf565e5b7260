import { expect, test } from 'vitest';
import { z } from 'zod';
import { USUAL_RETRY } from '../../../router/attempt/attempt-rules.ts';
import { endingByNode, endingWithoutStatus } from '../../../router/attempt/ending.ts';
import { grpcStatus } from '../../../router/attempt/grpc-status.ts';
import { hedgeSchema, isHedgeOn } from '../../../router/attempt/hedge-schema.ts';
import { LearntTtft } from '../../../router/attempt/learnt-ttft.ts';
import { RoutedRequest } from '../../../router/attempt/routed-request.ts';
import { noForecast } from '../../../router/endpoint/forecast.ts';
import { RecordingWire } from '../recording-wire.ts';
import { type RouterUnderTest, request, routerUnderTest } from '../router-under-test.ts';

const hedge = (settings: object) => hedgeSchema(z).parse(settings);
const ended = (code: number) => endingByNode(code, { report: null, pushbackMs: null });
const LOST = endingWithoutStatus('path', grpcStatus.unavailable, 'lost');

/** Two nodes, each over fibre and over laser. */
const under = (settings: object, options: Partial<Parameters<typeof routerUnderTest>[2]> = {}): RouterUnderTest =>
  routerUnderTest('round-robin', 4, {
    nodes: ['a', 'a', 'b', 'b'],
    media: ['fibre', 'laser', 'fibre', 'laser'],
    maxAttempts: 3,
    attempts: { hedge: hedge({ maxShare: 1, ...settings }) },
    ...options,
  });

const started = (router: RouterUnderTest, nowMs = 0) => {
  const wire = new RecordingWire();
  const call = new RoutedRequest(router.router, { ...request, class: 'chat' }, wire);
  call.start(nowMs);
  return { ...router, wire, call };
};

const media = ({ wire, router }: ReturnType<typeof started>): readonly string[] =>
  wire.attempts.map(({ endpoint }) => router.endpoints.names[endpoint]!.split('/')[1]!);

test('it is off by default, and costs no timer', () => {
  expect(isHedgeOn(hedge({}))).toBe(false);
  const { wire } = started(routerUnderTest('round-robin', 2));
  expect(wire.wakesAtMs).toBe(Number.POSITIVE_INFINITY);
});

test('a second attempt begins after the wait, over another medium, and the first message of either counts', () => {
  const first = started(under({ after: { ms: 100 } }));
  expect(first.wire.wakesAtMs).toBe(100);
  first.call.onWake(100);
  expect(media(first)).toEqual(['fibre', 'laser']);
  expect(first.wire.attempts.map(({ number, cause }) => [number, cause])).toEqual([
    [1, 'first'],
    [2, 'hedge'],
  ]);
  const [one, two] = first.wire.attempts;
  first.call.onMessage(two!, 130);
  expect(first.wire.calls.slice(2)).toEqual([`cancel ${one!.endpoint}`, `commit ${two!.endpoint}`]);
  first.call.onMessage(one!, 131);
  first.call.onEnd(two!, ended(0), 140);
  expect(first.wire.status).toEqual({ code: 0, by: 'node' });
  expect(first.call.attempt).toBe(two);
  expect([...first.router.endpoints.outstanding]).toEqual([0, 0, 0, 0]);
  expect(first.seen.filter(({ kind }) => kind === 'won')).toHaveLength(1);
});

test('the first may win too; then the second is cancelled', () => {
  const { call, wire } = started(under({ after: { ms: 100 } }));
  call.onWake(100);
  call.onMessage(wire.attempts[0]!, 101);
  expect(wire.calls.slice(2)).toEqual([`cancel ${wire.attempts[1]!.endpoint}`, `commit ${wire.attempts[0]!.endpoint}`]);
});

test('it goes to another node, or to any other endpoint, where that is asked for, and nowhere where there is none', () => {
  const where = (disjoint: string, available = [1, 1, 1, 1]): readonly number[] => {
    const made = under({ after: { ms: 100 }, disjoint });
    for (const [endpoint, is] of available.entries()) made.router.setAvailable(endpoint, is === 1);
    const { call, wire } = started(made);
    call.onWake(100);
    return wire.attempts.map(({ endpoint }) => endpoint);
  };
  expect(where('node')[1]).toBeGreaterThan(1);
  expect(where('any', [1, 1, 0, 0])).toEqual([0, 1]);
  expect(where('node', [1, 1, 0, 0])).toEqual([0]);
  expect(where('medium', [1, 0, 1, 0])).toEqual([0]);
});

test('it is not sent where the other path is not well: to wait for the first is better', () => {
  const made = under({ after: { ms: 100 } }, { isChecked: true });
  for (const endpoint of [1, 3]) {
    for (let nowMs = 0; nowMs < 3000; nowMs += 50) {
      for (const other of [0, 2]) made.router.health!.heard(other, nowMs);
      made.router.health!.look(nowMs);
    }
    expect(made.router.health!.admits(endpoint)).toBe(false);
  }
  const { call, wire } = started(made, 3000);
  call.onWake(3100);
  expect(wire.attempts).toHaveLength(1);
});

test('where one of the two fails the other goes on, and only the end of both ends the request', () => {
  for (const order of [
    [0, 1],
    [1, 0],
  ] as const) {
    const { call, wire } = started(under({ after: { ms: 100 } }, { maxAttempts: 2 }));
    call.onWake(100);
    call.onEnd(wire.attempts[order[0]]!, LOST, 110);
    expect([call.isOver, wire.attempts.length]).toEqual([false, 2]);
    call.onEnd(wire.attempts[order[1]]!, LOST, 120);
    expect(wire.calls.at(-1)).toBe('finish 14');
  }
});

test('after both have failed a retry avoids both endpoints', () => {
  const { call, wire } = started(under({ after: { ms: 100 } }, { maxAttempts: 4 }));
  call.onWake(100);
  call.onEnd(wire.attempts[1]!, LOST, 110);
  call.onEnd(wire.attempts[0]!, LOST, 120);
  expect(wire.attempts[2]).toMatchObject({ number: 3, cause: 'retry' });
  expect(new Set(wire.attempts.map(({ endpoint }) => endpoint)).size).toBe(3);
});

test('a status that is not tried again ends the request at once, and cancels the other', () => {
  const { call, wire } = started(under({ after: { ms: 100 } }));
  call.onWake(100);
  call.onEnd(wire.attempts[1]!, ended(grpcStatus.invalidArgument), 110);
  expect(wire.calls.slice(2)).toEqual([`cancel ${wire.attempts[0]!.endpoint}`, 'finish 3']);
});

test('a deadline, a client that leaves and the end of the router cancel both', () => {
  for (const end of ['onDeadline', 'onClientGone', 'onCutOff'] as const) {
    const { call, wire, router } = started(under({ after: { ms: 100 } }));
    call.onWake(100);
    call[end](110);
    expect(wire.calls.filter((word) => word.startsWith('cancel'))).toHaveLength(2);
    expect([...router.endpoints.outstanding]).toEqual([0, 0, 0, 0]);
  }
});

test('of two attempts the one is dropped whose endpoint becomes unhealthy', () => {
  const { call, wire, router } = started(under({ after: { ms: 100 }, disjoint: 'node' }, { isChecked: true }));
  call.onWake(100);
  router.health!.answered(wire.attempts[0]!.endpoint, 'not-serving', 105);
  call.onHealthChange(105);
  expect(wire.calls.slice(2)).toEqual([`cancel ${wire.attempts[0]!.endpoint}`]);
  expect(call.attempt).toBe(wire.attempts[1]);
});

test('no more than a share of all requests has a second attempt', () => {
  const made = under({ after: { ms: 100 }, maxShare: 0.1 }, { attempts: undefined });
  const limited = under({}, { attempts: { hedge: hedge({ after: { ms: 100 }, maxShare: 0.1 }) } });
  let hedges = 0;
  for (let index = 0; index < 200; index++) {
    const { call, wire } = started(limited);
    call.onWake(100);
    hedges += wire.attempts.length - 1;
    call.onMessage(wire.attempts[0]!, 110);
    call.onEnd(wire.attempts[0]!, ended(0), 120);
  }
  expect(hedges).toBeGreaterThan(0.08 * 200);
  expect(hedges).toBeLessThanOrEqual(1 + 0.1 * 200);
  expect(made.router.rules.hedging).toBeNull();
});

test('a boundary in the forecast begins it at once, and one far away does not', () => {
  const at = (nowMs: number): number => {
    const made = routerUnderTest('round-robin', 4, {
      nodes: ['a', 'a', 'b', 'b'],
      media: ['fibre', 'laser', 'fibre', 'laser'],
      attempts: { hedge: hedge({ boundaryMs: 500, maxShare: 1 }) },
      forecast: { ...noForecast, nextHandoverAfter: (_, atMs) => (Math.floor(atMs / 15_000) + 1) * 15_000 },
    });
    return started(made, nowMs).wire.attempts.length;
  };
  expect([at(14_600), at(14_400), at(15_000)]).toEqual([2, 1, 1]);
});

test('the wait at a percentile is learnt by class, from enough requests', () => {
  const made = under({ after: { percentile: 90 } });
  const answer = (name: string, ttftMs: number): void => {
    const wire = new RecordingWire();
    const call = new RoutedRequest(made.router, { ...request, class: name }, wire);
    call.start(0);
    call.onMessage(wire.attempts[0]!, ttftMs);
    call.onEnd(wire.attempts[0]!, ended(0), ttftMs + 1);
  };
  expect(started(made).wire.wakesAtMs).toBe(Number.POSITIVE_INFINITY);
  for (let index = 1; index <= 100; index++) answer('chat', index);
  for (let index = 1; index <= 100; index++) answer('batch', 10 * index);
  const { wire } = started(made);
  expect(wire.wakesAtMs).toBeGreaterThan(86);
  expect(wire.wakesAtMs).toBeLessThan(94);
});

test('what is learnt is a quantile to a fortieth, and forgets', () => {
  const learnt = new LearntTtft();
  for (let index = 0; index < 1000; index++) learnt.add('', 200);
  expect(learnt.quantileMs('', 0.5)).toBeGreaterThanOrEqual(200);
  expect(learnt.quantileMs('', 0.5)).toBeLessThan(200 * 1.026);
  for (let index = 0; index < 4000; index++) learnt.add('', 20);
  expect(learnt.quantileMs('', 0.5)).toBeLessThan(21);
});

test('hedging is switched on and off, and set anew, while requests are open', () => {
  const made = routerUnderTest('round-robin', 2, { nodes: ['a', 'b'] });
  const rules = made.router.rules;
  const to = (settings: object) =>
    rules.retune({ maxAttempts: 2, retry: USUAL_RETRY, firstTokenTimeout: 'never', hedge: hedge(settings) });
  to({ after: { ms: 70 }, disjoint: 'any', maxShare: 1 });
  const open = started(made);
  expect(open.wire.wakesAtMs).toBe(70);
  to({ after: { ms: 30 }, disjoint: 'any', maxShare: 1 });
  expect(started(made).wire.wakesAtMs).toBe(30);
  to({});
  open.call.onWake(70);
  expect(open.wire.attempts).toHaveLength(1);
  expect(started(made).wire.wakesAtMs).toBe(Number.POSITIVE_INFINITY);
});
