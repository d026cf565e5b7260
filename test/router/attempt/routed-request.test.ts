import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { USUAL_RETRY } from '../../../router/attempt/attempt-rules.ts';
import { endingByNode, endingWithoutStatus } from '../../../router/attempt/ending.ts';
import { grpcStatus } from '../../../router/attempt/grpc-status.ts';
import { RoutedRequest } from '../../../router/attempt/routed-request.ts';
import { RecordingWire } from '../recording-wire.ts';
import { type RouterUnderTest, request, routerUnderTest } from '../router-under-test.ts';

const ended = (code: number) => endingByNode(code, { report: null, pushbackMs: null });
const UNAVAILABLE = ended(grpcStatus.unavailable);
const LOST = endingWithoutStatus('path', grpcStatus.unavailable, 'lost');

const routed = (under: RouterUnderTest) => {
  const wire = new RecordingWire();
  const call = new RoutedRequest(under.router, request, wire);
  return { wire, call };
};

test('an answered request commits to its attempt at the first message, once, and ends with the status of the node', () => {
  const { wire, call } = routed(routerUnderTest('round-robin', 2));
  call.start(0);
  call.onMessage(wire.attempts[0]!, 30);
  call.onMessage(wire.attempts[0]!, 40);
  call.onEnd(wire.attempts[0]!, ended(grpcStatus.ok), 50);
  expect(wire.calls).toEqual(['open 0', 'commit 0', 'finish 0']);
  expect(wire.status).toEqual({ code: 0, by: 'node' });
  expect(call.isOver).toBe(true);
});

describe('a retry', () => {
  const afterFirst = (code: number, prepare: (wire: RecordingWire) => void = () => {}): readonly string[] => {
    const { wire, call } = routed(routerUnderTest('round-robin', 3));
    prepare(wire);
    call.start(0);
    call.onEnd(wire.attempts[0]!, ended(code), 1);
    return wire.calls;
  };

  test('is for UNAVAILABLE and for no other status', () => {
    for (const code of Object.values(grpcStatus)) {
      const next = code === grpcStatus.unavailable ? 'open 2' : `finish ${code}`; // the turn after the first, of 1 and 2
      expect(afterFirst(code)).toEqual(['open 0', next]);
    }
  });

  test('is not made when the body cannot be sent again', () => {
    const calls = afterFirst(grpcStatus.unavailable, (wire) => {
      wire.canReplay = false;
    });
    expect(calls).toEqual(['open 0', 'finish 14']);
  });

  test('is not made after the first message, since a client cannot unsee a token', () => {
    const { wire, call } = routed(routerUnderTest('round-robin', 3));
    call.start(0);
    call.onMessage(wire.attempts[0]!, 1);
    call.onEnd(wire.attempts[0]!, UNAVAILABLE, 2);
    expect(wire.calls).toEqual(['open 0', 'commit 0', 'finish 14']);
  });

  test('is made up to the attempts allowed, each on an endpoint that was not tried', () => {
    const { wire, call } = routed(routerUnderTest('random', 5, { maxAttempts: 4 }));
    call.start(0);
    for (let index = 0; index < 4; index++) {
      call.onEnd(wire.attempts[index]!, LOST, index);
      if (call.isWaiting) call.onWake(index);
    }
    expect(new Set(wire.attempts.map(({ endpoint }) => endpoint)).size).toBe(4);
    expect(wire.attempts.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
    expect(wire.calls.at(-1)).toBe('finish 14');
    expect(wire.status).toEqual({ code: 14, message: 'lost', by: 'router' });
  });

  test('goes to another node where the node was at fault, and may take its other path where the path was', () => {
    const second = (ending: typeof UNAVAILABLE): number | undefined => {
      const { wire, call } = routed(routerUnderTest('round-robin', 3, { nodes: ['a', 'a', 'b'] }));
      call.start(0);
      call.onEnd(wire.attempts[0]!, ending, 1);
      return wire.attempts[1]?.endpoint;
    };
    expect(second(UNAVAILABLE)).toBe(2);
    const { wire, call } = routed(routerUnderTest('round-robin', 2, { nodes: ['a', 'a'] }));
    call.start(0);
    call.onEnd(wire.attempts[0]!, LOST, 1);
    expect(wire.attempts[1]?.endpoint).toBe(1);
  });

  test('goes to another node with its last attempt, as a lost connection may be the end of its node', () => {
    const endpointsOf = (before: number, maxAttempts: number): readonly number[] => {
      const under = routerUnderTest('round-robin', 3, { nodes: ['a', 'a', 'b'], maxAttempts });
      for (let turn = 0; turn < before; turn++) routed(under).call.start(0);
      const { wire, call } = routed(under);
      call.start(0);
      for (let index = 0; index < maxAttempts; index++) {
        call.onEnd(wire.attempts[index]!, LOST, index + 1);
        if (call.isWaiting) call.onWake(index + 1);
      }
      return wire.attempts.map(({ endpoint }) => endpoint);
    };
    const turns = [0, 1, 2, 3, 4, 5];
    for (const endpoints of turns.map((before) => endpointsOf(before, 2))) {
      if (endpoints[0] !== 2) expect(endpoints[1]).toBe(2);
    }
    const three = turns.map((before) => endpointsOf(before, 3));
    for (const endpoints of three) expect([...endpoints].sort()).toEqual([0, 1, 2]);
    expect(three.some(([first, second]) => first !== 2 && second !== 2)).toBe(true);
  });

  test("is not made where only the other path of a draining node is left: it ends with the node's status", () => {
    const { wire, call } = routed(routerUnderTest('round-robin', 2, { nodes: ['a', 'a'] }));
    call.start(0);
    call.onEnd(wire.attempts[0]!, endingByNode(14, { message: 'a is draining', report: null, pushbackMs: null }), 1);
    expect(wire.calls).toEqual(['open 0', 'finish 14']);
    expect(wire.status).toEqual({ code: 14, message: 'a is draining', by: 'node' });
  });

  test('is made at once where there is no connection', () => {
    const { wire, call } = routed(routerUnderTest('round-robin', 2));
    wire.unconnected.add(0);
    call.start(0);
    expect(wire.calls).toEqual(['open 0', 'open 1']);
  });
});

describe('a request that waits for its next attempt', () => {
  const retry = { ...USUAL_RETRY, atOnce: 0, baseMs: 100, maxMs: 150 };
  const waiting = () => {
    const under = routerUnderTest('round-robin', 4, { attempts: { retry }, maxAttempts: 4 });
    const { wire, call } = routed(under);
    call.start(0);
    call.onEnd(wire.attempts[0]!, UNAVAILABLE, 10);
    return { under, wire, call };
  };

  test('begins it when it is woken, on another endpoint, and waits longer each time', () => {
    const { wire, call } = waiting();
    expect([wire.calls, call.isWaiting]).toEqual([['open 0'], true]);
    expect(wire.wakesAtMs).toBeGreaterThanOrEqual(10 + 0.8 * 100);
    expect(wire.wakesAtMs).toBeLessThan(10 + 1.2 * 100);
    call.onWake(120);
    expect([wire.attempts.length, call.isWaiting]).toEqual([2, false]);
    call.onEnd(wire.attempts[1]!, UNAVAILABLE, 130);
    expect(wire.wakesAtMs).toBeGreaterThanOrEqual(130 + 0.8 * 150);
    call.onWake(310);
    call.onMessage(wire.attempts[2]!, 320);
    call.onEnd(wire.attempts[2]!, ended(grpcStatus.ok), 330);
    expect(new Set(wire.attempts.map(({ endpoint }) => endpoint)).size).toBe(3);
    expect(wire.status).toEqual({ code: 0, by: 'node' });
  });

  test('hears nothing more of the attempt that has ended', () => {
    const { wire, call } = waiting();
    call.onMessage(wire.attempts[0]!, 20);
    call.onEnd(wire.attempts[0]!, ended(grpcStatus.ok), 21);
    call.onHealthChange(22);
    expect(wire.calls).toEqual(['open 0']);
    expect(call.isWaiting).toBe(true);
  });

  test('ends by its deadline, by its client or with the router, and is not woken then', () => {
    for (const [end, calls] of [
      ['onDeadline', ['open 0', 'finish 4']],
      ['onClientGone', ['open 0']],
      ['onCutOff', ['open 0', 'finish 14']],
    ] as const) {
      const { under, wire, call } = waiting();
      call[end](50);
      expect([call.isOver, call.isWaiting]).toEqual([true, false]);
      call.onWake(120);
      expect(wire.calls).toEqual(calls);
      expect([...under.router.endpoints.outstanding]).toEqual([0, 0, 0, 0]);
    }
  });

  test('ends as its last attempt did where it can be sent no more, or nothing is left', () => {
    const long = waiting();
    long.wire.canReplay = false;
    long.call.onWake(120);
    const alone = waiting();
    for (let endpoint = 0; endpoint < 4; endpoint++) alone.under.router.setAvailable(endpoint, false);
    alone.call.onWake(120);
    for (const { wire } of [long, alone]) {
      expect(wire.calls).toEqual(['open 0', 'finish 14']);
      expect(wire.status).toEqual({ code: 14, by: 'node' });
    }
  });
});

test('a retry is for the codes of the configuration, and for none where a node says so by its pushback', () => {
  const retry = { ...USUAL_RETRY, codes: ['RESOURCE_EXHAUSTED'] };
  const attemptsAfter = (code: number, pushbackMs: number | null): number => {
    const { wire, call } = routed(routerUnderTest('round-robin', 2, { attempts: { retry } }));
    call.start(0);
    call.onEnd(wire.attempts[0]!, endingByNode(code, { report: null, pushbackMs }), 1);
    return wire.attempts.length;
  };
  expect(attemptsAfter(grpcStatus.resourceExhausted, null)).toBe(2);
  expect(attemptsAfter(grpcStatus.resourceExhausted, 70)).toBe(2);
  expect(attemptsAfter(grpcStatus.resourceExhausted, -1)).toBe(1);
  expect(attemptsAfter(grpcStatus.unavailable, null)).toBe(1);
});

describe('a request that is given up', () => {
  test('by its deadline is cancelled at the node, and the client gets the status', () => {
    const { wire, call } = routed(routerUnderTest('round-robin', 1));
    call.start(0);
    call.onDeadline(500);
    expect(wire.calls).toEqual(['open 0', 'cancel 0', 'finish 4']);
  });

  test('by its client is cancelled at the node, and no status is sent', () => {
    const { wire, call } = routed(routerUnderTest('round-robin', 1));
    call.start(0);
    call.onClientGone(500);
    call.onEnd(wire.attempts[0]!, ended(grpcStatus.ok), 501);
    call.onDeadline(502);
    expect(wire.calls).toEqual(['open 0', 'cancel 0']);
  });
});

test('without an endpoint it ends as UNAVAILABLE, and as RESOURCE_EXHAUSTED where all are full', () => {
  const gone = routerUnderTest('round-robin', 1);
  gone.router.setAvailable(0, false);
  const first = routed(gone);
  first.call.start(0);
  expect(first.wire.calls).toEqual(['finish 14']);
  const full = routerUnderTest('round-robin', 1, { maxOutstanding: 1 });
  routed(full).call.start(0);
  const second = routed(full);
  second.call.start(0);
  expect(second.wire.calls).toEqual(['finish 8']);
});

test('whatever happens in whatever order, it finishes at most once, commits at most once and leaves nothing outstanding', () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constantFrom('message', 'deadline', 'gone'), attempt: fc.nat(4) }),
      fc.record({ kind: fc.constant('end'), attempt: fc.nat(4), code: fc.constantFrom(0, 1, 3, 4, 8, 14) }),
    ),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(steps, fc.constantFrom('round-robin', 'peak-ewma', 'ephemeris'), (happened, policy) => {
      const under = routerUnderTest(policy, 3, { maxAttempts: 4 });
      const { wire, call } = routed(under);
      call.start(0);
      happened.forEach((step, nowMs) => {
        const attempt = wire.attempts[step.attempt];
        if (step.kind === 'deadline') call.onDeadline(nowMs);
        else if (step.kind === 'gone') call.onClientGone(nowMs);
        else if (attempt !== undefined && step.kind === 'message') call.onMessage(attempt, nowMs);
        else if (attempt !== undefined && 'code' in step) call.onEnd(attempt, ended(step.code), nowMs);
      });
      call.onClientGone(100);
      const count = (word: string): number => wire.calls.filter((call) => call.startsWith(word)).length;
      expect(count('finish')).toBeLessThanOrEqual(1);
      expect(count('commit')).toBeLessThanOrEqual(1);
      expect([...under.router.endpoints.outstanding]).toEqual([0, 0, 0]);
      expect([...under.router.endpoints.nodes.unreportedPromptTokens]).toEqual([0, 0, 0]);
    }),
  );
});

describe('a request whose endpoint becomes unhealthy', () => {
  const waiting = (nodes: readonly string[], options: { readonly maxAttempts?: number } = {}) => {
    const under = routerUnderTest('round-robin', nodes.length, { nodes, isChecked: true, ...options });
    const { wire, call } = routed(under);
    const health = under.router.health!;
    health.listen((nowMs) => call.onHealthChange(nowMs));
    call.start(0);
    return { ...under, wire, call, health };
  };

  test('moves while it has not begun, once, and is answered by the other', () => {
    const { wire, call, health, router } = waiting(['a', 'b']);
    health.answered(0, 'not-serving', 5);
    expect(wire.calls).toEqual(['open 0', 'cancel 0', 'open 1']);
    expect([...router.endpoints.outstanding]).toEqual([0, 1]);
    call.onMessage(wire.attempts[1]!, 30);
    call.onEnd(wire.attempts[1]!, ended(grpcStatus.ok), 40);
    expect(wire.status).toEqual({ code: 0, by: 'node' });
  });

  test('stays once its first message has left', () => {
    const { wire, call, health } = waiting(['a', 'b']);
    call.onMessage(wire.attempts[0]!, 4);
    health.answered(0, 'not-serving', 5);
    expect(wire.calls).toEqual(['open 0', 'commit 0']);
  });

  test('stays where it has had its attempts, or can be sent no more', () => {
    const spent = waiting(['a', 'b'], { maxAttempts: 1 });
    spent.health.answered(0, 'not-serving', 5);
    expect(spent.wire.calls).toEqual(['open 0']);
    const long = waiting(['a', 'b']);
    long.wire.canReplay = false;
    long.health.answered(0, 'not-serving', 5);
    expect(long.wire.calls).toEqual(['open 0']);
  });

  test('waits where no endpoint is healthy, and moves when one is', () => {
    const { wire, health } = waiting(['a', 'b']);
    health.answered(1, 'not-serving', 1);
    health.answered(0, 'not-serving', 5);
    expect(wire.calls).toEqual(['open 0']);
    health.answered(1, 'serving', 10);
    health.answered(1, 'serving', 20);
    expect(wire.calls).toEqual(['open 0', 'cancel 0', 'open 1']);
  });

  test('leaves a node that does not serve for another node, and a silent path for another path too', () => {
    const node = waiting(['a', 'a']);
    node.health.answered(0, 'not-serving', 5);
    expect(node.wire.calls).toEqual(['open 0']);
    const path = waiting(['a', 'a']);
    for (let nowMs = 0; nowMs < 3000; nowMs += 50) {
      path.health.heard(1, nowMs);
      path.health.look(nowMs);
    }
    expect(path.wire.calls).toEqual(['open 0', 'cancel 0', 'open 1']);
  });

  test('is followed by no other there; where none is healthy all count', () => {
    const { router, health } = waiting(['a', 'b', 'c']);
    const picks = () =>
      Array.from({ length: 6 }, () => {
        const attempt = router.begin(request, 100);
        return attempt.kind === 'attempt' ? attempt.endpoint : attempt.reason;
      });
    health.answered(0, 'not-serving', 5);
    expect(new Set(picks())).toEqual(new Set([1, 2]));
    health.answered(1, 'not-serving', 6);
    expect(new Set(picks())).toEqual(new Set([2]));
    health.answered(2, 'not-serving', 7);
    expect(new Set(picks())).toEqual(new Set([0, 1, 2]));
  });
});
