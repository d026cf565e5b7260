import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRng } from '../../../core/random/rng.ts';
import { type Ending, endingByNode } from '../../../router/attempt/ending.ts';
import { grpcStatus } from '../../../router/attempt/grpc-status.ts';
import { RoutedRequest } from '../../../router/attempt/routed-request.ts';
import { madeRouter } from '../../../router/made-router.ts';
import { createPolicy } from '../../../router/pick/create-policy.ts';
import type { RequestInfo } from '../../../router/request-info.ts';
import type { Router } from '../../../router/router.ts';
import { routerSchema } from '../../../router/schema.ts';
import { RecordingWire } from '../recording-wire.ts';
import { request, routerUnderTest } from '../router-under-test.ts';

const ended = (code: number): Ending => endingByNode(code, { report: null, pushbackMs: null });
const OK = ended(grpcStatus.ok);
const UNAVAILABLE = ended(grpcStatus.unavailable);

const arrived = (router: Router, says: Partial<RequestInfo> = {}, nowMs = 0) => {
  const wire = new RecordingWire();
  const call = new RoutedRequest(router, { ...request, ...says }, wire);
  call.start(nowMs);
  return { wire, call };
};

describe('a request that finds every endpoint full', () => {
  test('waits, and goes to the place that becomes free, at once', () => {
    const { router } = routerUnderTest('round-robin', 2, { maxOutstanding: 1, queue: { size: 5 } });
    const [first, second, third] = [arrived(router), arrived(router), arrived(router)];
    expect([third.call.isWaiting, third.wire.calls, third.wire.wakesAtMs]).toEqual([true, [], 5000]);
    first.call.onEnd(first.wire.attempts[0]!, OK, 100);
    expect([third.call.isWaiting, third.wire.calls]).toEqual([false, ['open 0']]);
    expect(third.wire.wakesAtMs).toBe(Number.POSITIVE_INFINITY);
    expect(second.wire.calls).toEqual(['open 1']);
  });

  test('is refused where nothing may wait, and its client is asked to wait', () => {
    const { router } = routerUnderTest('round-robin', 1, { maxOutstanding: 1 });
    arrived(router);
    const { wire, call } = arrived(router);
    expect(call.isOver).toBe(true);
    expect(wire.status).toEqual({
      code: grpcStatus.resourceExhausted,
      message: 'every endpoint has as many requests as it may have',
      pushbackMs: 1000,
      by: 'router',
    });
  });

  test('waits behind those that came before it, even where a place is free', () => {
    const { router, events } = routerUnderTest('round-robin', 1, { maxOutstanding: 1, queue: { size: 5 } });
    const first = arrived(router, { id: 1 });
    const second = arrived(router, { id: 2 });
    const third = arrived(router, { id: 3 });
    first.call.onEnd(first.wire.attempts[0]!, OK, 10);
    const fourth = arrived(router, { id: 4 }, 11);
    for (const { call, wire } of [second, third, fourth]) call.onEnd(wire.attempts[0]!, OK, 20);
    const routed = events.flatMap((event) => (event.kind === 'routed' ? [event.request] : []));
    expect(routed).toEqual([1, 2, 3, 4]);
  });

  test('ends when its time is up, and is not served then', () => {
    const { router, events } = routerUnderTest('round-robin', 1, {
      maxOutstanding: 1,
      queue: { size: 5, timeoutMs: 70 },
    });
    const first = arrived(router);
    const { wire, call } = arrived(router, { id: 8 }, 10);
    expect(wire.wakesAtMs).toBe(80);
    call.onWake(80);
    expect(wire.status).toMatchObject({
      code: grpcStatus.resourceExhausted,
      message: 'no endpoint had room within 70 ms',
    });
    first.call.onEnd(first.wire.attempts[0]!, OK, 90);
    expect(wire.calls).toEqual(['finish 8']);
    expect(events.at(-1)).toEqual({ kind: 'waited', atMs: 80, request: 8, waitedMs: 70, end: 'timeout' });
  });

  test.each([
    ['its deadline', (call: RoutedRequest) => call.onDeadline(5), `finish ${grpcStatus.deadlineExceeded}`],
    ['the end of the router', (call: RoutedRequest) => call.onCutOff(5), `finish ${grpcStatus.unavailable}`],
  ])('ends by %s', (_what, end, finish) => {
    const { router } = routerUnderTest('round-robin', 1, { maxOutstanding: 1, queue: { size: 5 } });
    arrived(router);
    const { wire, call } = arrived(router);
    end(call);
    expect([wire.calls, router.room.count]).toEqual([[finish], 0]);
  });
});

test('those that wait go at once where another configuration has a higher limit', () => {
  const settings = routerSchema.parse({ maxOutstanding: 1, queue: { size: 5 } });
  const router = madeRouter({
    settings,
    specs: [{ name: 'a/fibre', node: 'a', medium: 'fibre' }],
    table: {},
    policy: createPolicy('round-robin'),
    rng: seededRng(1)('policy'),
    label: 'test',
    knowsSlots: true,
    observers: [],
    picks: null,
  });
  arrived(router);
  const waiting = [arrived(router), arrived(router), arrived(router)];
  router.retune({ ...settings, maxOutstanding: 3 }, 10);
  expect(waiting.map(({ call }) => call.isWaiting)).toEqual([false, false, true]);
  router.retune({ ...settings, maxOutstanding: 3, queue: { ...settings.queue, size: 0 } }, 20);
  expect(waiting[2]!.wire.calls).toEqual([`finish ${grpcStatus.resourceExhausted}`]);
});

describe('a retry that finds every other endpoint full', () => {
  const failing = (queue: object) => {
    const { router } = routerUnderTest('round-robin', 2, { maxOutstanding: 1, queue });
    const [first, second] = [arrived(router), arrived(router)];
    first.call.onEnd(first.wire.attempts[0]!, UNAVAILABLE, 10);
    return { router, first, second };
  };

  test('waits for one of them, and leaves the place where it failed to others', () => {
    const { first, second } = failing({ size: 5 });
    expect([first.call.isWaiting, first.wire.calls]).toEqual([true, ['open 0']]);
    second.call.onEnd(second.wire.attempts[0]!, OK, 20);
    expect(first.wire.calls).toEqual(['open 0', 'open 1']);
  });

  test('does not keep one that comes from the place that it cannot take', () => {
    const { router, first } = failing({ size: 5 });
    const third = arrived(router, {}, 15);
    expect([first.call.isWaiting, third.call.isWaiting, third.wire.calls]).toEqual([true, false, ['open 0']]);
  });

  test('is in nobody’s way where one place is all that may wait', () => {
    const { router } = failing({ size: 1 });
    expect(arrived(router, {}, 15).wire.calls).toEqual(['open 0']);
  });

  test('lets the next one go when its time is up', () => {
    const settings = { maxOutstanding: 1, maxAttempts: 3, queue: { size: 5, timeoutMs: 100 } };
    const { router } = routerUnderTest('round-robin', 3, settings);
    const [head, busy] = [arrived(router), arrived(router)];
    expect([head.wire.calls, busy.wire.calls]).toEqual([['open 0'], ['open 2']]);
    head.call.onEnd(head.wire.attempts[0]!, UNAVAILABLE, 10);
    head.call.onEnd(head.wire.attempts[1]!, UNAVAILABLE, 20);
    head.call.onWake(60);
    expect([head.wire.calls, head.call.isWaiting]).toEqual([['open 0', 'open 1'], true]); // for 2 alone
    const others = [arrived(router, {}, 61), arrived(router, {}, 61)];
    const inPlace = (endpoint: number) => others.find(({ wire }) => wire.calls[0] === `open ${endpoint}`)!;
    const next = inPlace(1);
    next.call.onEnd(next.wire.attempts[0]!, UNAVAILABLE, 70); // waits behind it, for 0 or 2
    inPlace(0).call.onEnd(inPlace(0).wire.attempts[0]!, OK, 80);
    head.call.onWake(160);
    expect(head.call.isOver).toBe(true);
    expect(next.wire.calls).toEqual(['open 1', 'open 0']);
  });

  test('ends as its attempt did, where nothing may wait or its time is up', () => {
    expect(failing({}).first.wire.calls).toEqual(['open 0', `finish ${grpcStatus.unavailable}`]);
    const { first } = failing({ size: 5 });
    first.call.onWake(6000);
    expect(first.wire.calls).toEqual(['open 0', `finish ${grpcStatus.unavailable}`]);
  });

  test('ends as its attempt did, where its body is not kept any more when a place is free', () => {
    const { first, second } = failing({ size: 5 });
    first.wire.canReplay = false;
    second.call.onEnd(second.wire.attempts[0]!, OK, 20);
    expect(first.wire.calls).toEqual(['open 0', `finish ${grpcStatus.unavailable}`]);
  });
});

const steps = fc.array(
  fc.record({
    does: fc.constantFrom(
      'arrive',
      'arrive',
      'answer',
      'fail',
      'message',
      'gone',
      'deadline',
      'wake',
      'cut',
      'health',
      'lose',
    ),
    which: fc.nat(50),
    priority: fc.nat(2),
    tenant: fc.constantFrom('a', 'b'),
    afterMs: fc.nat(400),
  }),
  { maxLength: 150 },
);

test('over any order of events each request ends exactly once, each attempt too, no limit is passed, and no place stays free while one waits', () => {
  fc.assert(
    fc.property(
      fc.nat(3),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 2 }),
      steps,
      (size, maxAttempts, maxOutstanding, taken) => {
        const limits = { maxOutstanding, maxAttempts, queue: { size, timeoutMs: 500 } };
        const { router, seen } = routerUnderTest('random', 3, { ...limits, nodes: ['a', 'a', 'b'], isChecked: true });
        const open: ReturnType<typeof arrived>[] = [];
        const all: ReturnType<typeof arrived>[] = [];
        let nowMs = 0;
        for (const { does, which, priority, tenant, afterMs } of taken) {
          nowMs += afterMs;
          if (does === 'arrive') {
            all.push(arrived(router, { id: all.length, priority, tenant }, nowMs));
            open.push(all.at(-1)!);
          }
          if (does === 'health' || does === 'lose') {
            const endpoint = which % 3;
            if (does === 'health')
              router.health!.answered(endpoint, which % 2 === 0 ? 'serving' : 'not-serving', nowMs);
            else router.setAvailable(endpoint, which % 2 === 0);
            for (const { call } of [...open]) call.onHealthChange(nowMs);
            router.room.serve(nowMs);
          }
          const one = open[which % Math.max(1, open.length)];
          if (one !== undefined) {
            const { call, wire } = one;
            const { attempt } = call;
            const isUnderWay = attempt !== null && !attempt.hasEnded;
            if (does === 'answer' && isUnderWay) call.onEnd(attempt, OK, nowMs);
            if (does === 'fail' && isUnderWay) call.onEnd(attempt, UNAVAILABLE, nowMs);
            if (does === 'message' && isUnderWay) call.onMessage(attempt, nowMs);
            if (does === 'gone') call.onClientGone(nowMs);
            if (does === 'deadline') call.onDeadline(nowMs);
            if (does === 'cut') call.onCutOff(nowMs);
            if (does === 'wake' && wire.wakesAtMs < Number.POSITIVE_INFINITY) {
              nowMs = Math.max(nowMs, wire.wakesAtMs);
              wire.wakesAtMs = Number.POSITIVE_INFINITY;
              call.onWake(nowMs);
            }
          }
          for (const each of [...open]) if (each.call.isOver) open.splice(open.indexOf(each), 1);
          const queued = open.filter(({ call }) => call.isWaiting).length;
          expect(router.room.count).toBeLessThanOrEqual(Math.min(size, queued));
          expect(Math.max(...router.endpoints.outstanding)).toBeLessThanOrEqual(maxOutstanding);
          for (const { call, wire } of open) expect(call.isWaiting || !wire.attempts.at(-1)!.hasEnded).toBe(true);
          // A first attempt may go anywhere: none waits while there is room.
          if (open.some(({ call }) => call.isWaiting && call.attempt === null)) {
            expect(router.begin({ ...request, id: -1 }, nowMs).kind).toBe('reject');
          }
        }
        for (const { call } of [...open]) call.onCutOff(nowMs);
        for (const { wire, call } of all) {
          expect(call.isOver).toBe(true);
          expect(wire.calls.filter((each) => each.startsWith('finish')).length).toBeLessThanOrEqual(1);
        }
        const count = (kind: string): number => seen.filter((what) => what.kind === kind).length;
        expect(count('began')).toBe(count('ended'));
        expect(router.endpoints.outstandingTotal).toBe(0);
        expect(router.room.count).toBe(0);
      },
    ),
    { numRuns: 500 },
  );
});
