import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Attempt } from '../../../router/attempt/attempt.ts';
import { CLIENT_GONE, type Ending, endingByNode } from '../../../router/attempt/ending.ts';
import { grpcStatus } from '../../../router/attempt/grpc-status.ts';
import { Breaker, breakerSchema, isBreakerOn } from '../../../router/filter/breaker.ts';
import { request } from '../../contract/policy-contract.ts';

const NOTHING_SAID = { report: null, pushbackMs: null };
const OK = endingByNode(grpcStatus.ok, NOTHING_SAID);
const FAILED = endingByNode(grpcStatus.unavailable, NOTHING_SAID);
const FULL = endingByNode(grpcStatus.resourceExhausted, { ...NOTHING_SAID, pushbackMs: 10 });

const settingsOf = (settings: object) => breakerSchema(z).parse({ consecutive: 3, jitter: 0, ...settings });

const breakerOf = (settings: object = {}, label = 'test'): Breaker =>
  new Breaker({ size: 2, names: ['a/fibre', 'b/fibre'] }, settingsOf(settings), label);

const begun = (breaker: Breaker, endpoint: number, nowMs: number): Attempt => {
  const at = {
    endpoint,
    number: 1,
    cause: 'first' as const,
    avoided: [],
    startedAtMs: nowMs,
    costMs: 0,
    predictedMs: 0,
    clockSettings: 0,
  };
  const attempt = new Attempt(request, at);
  breaker.observe({ kind: 'began', attempt, nowMs });
  return attempt;
};

const end = (breaker: Breaker, attempt: Attempt, ending: Ending, nowMs: number): void => {
  breaker.observe({ kind: 'ended', attempt, ending, nowMs });
};

/** An attempt from its beginning to its end. */
const tried = (breaker: Breaker, endpoint: number, ending: Ending, nowMs: number): void =>
  end(breaker, begun(breaker, endpoint, nowMs), ending, nowMs);

const broken = (breaker: Breaker, endpoint: number, nowMs = 0): Breaker => {
  for (let turn = 0; turn < 3; turn++) tried(breaker, endpoint, FAILED, nowMs);
  return breaker;
};

const admits = (breaker: Breaker, endpoint: number, nowMs: number): boolean => breaker.admits(endpoint, request, nowMs);

test('it is off as long as nothing is set', () => {
  expect(isBreakerOn(breakerSchema(z).parse({}))).toBe(false);
  expect(isBreakerOn(breakerSchema(z).parse({ consecutive: 5 }))).toBe(true);
  expect(isBreakerOn(breakerSchema(z).parse({ leastSuccess: 0.5 }))).toBe(true);
});

describe('it opens', () => {
  test('for one endpoint alone, after so many failures in a row', () => {
    const breaker = breakerOf();
    tried(breaker, 0, FAILED, 0);
    tried(breaker, 0, OK, 0);
    tried(breaker, 0, FAILED, 0);
    tried(breaker, 0, FAILED, 0);
    expect(breaker.admitsAll).toBe(true);
    tried(breaker, 0, FAILED, 0);
    expect([admits(breaker, 0, 1), admits(breaker, 1, 1), breaker.admitsAll]).toEqual([false, true, false]);
    expect([breaker.state(0, 1), breaker.state(1, 1)]).toEqual(['open', 'closed']);
  });

  test('for all of them, if all fail', () => {
    const breaker = broken(broken(breakerOf(), 0), 1, 200);
    expect([admits(breaker, 0, 500), admits(breaker, 1, 500)]).toEqual([false, false]);
    expect(breaker.waitMs(500)).toBe(500);
  });

  test('for a share of failures over the window, and forgets what is older than that', () => {
    const settings = { consecutive: 0, leastSuccess: 0.5, leastRequests: 10, windowS: 10 };
    const few = breakerOf(settings);
    for (let turn = 0; turn < 9; turn++) tried(few, 0, FAILED, 100);
    expect(few.admitsAll).toBe(true);
    tried(few, 0, FAILED, 9900);
    expect(few.admitsAll).toBe(false);
    const old = breakerOf(settings);
    for (let turn = 0; turn < 9; turn++) tried(old, 0, FAILED, 100);
    tried(old, 0, FAILED, 10_100);
    expect(old.admitsAll).toBe(true);
    const half = breakerOf(settings);
    for (let turn = 0; turn < 100; turn++) tried(half, 0, turn % 2 === 0 ? OK : FAILED, 100 * turn);
    expect(half.admitsAll).toBe(true);
  });

  test('not for a full node, and not for clients that leave', () => {
    const breaker = breakerOf();
    for (let turn = 0; turn < 50; turn++) tried(breaker, 0, turn % 2 === 0 ? FULL : CLIENT_GONE, turn);
    expect(breaker.admitsAll).toBe(true);
  });
});

describe('when its time is over', () => {
  test('one request is let in, and no other until that is answered', () => {
    const breaker = broken(breakerOf(), 0);
    expect([admits(breaker, 0, 999), admits(breaker, 0, 1000)]).toEqual([false, true]);
    const probe = begun(breaker, 0, 1000);
    expect(admits(breaker, 0, 1100)).toBe(false);
    expect(breaker.state(0, 1100)).toBe('probation');
    breaker.observe({ kind: 'first', attempt: probe, ttftMs: 200, nowMs: 1200 });
    expect([admits(breaker, 0, 1200), breaker.admitsAll, breaker.state(0, 1200)]).toEqual([true, true, 'closed']);
    end(breaker, probe, FAILED, 1300); // one failure of three, for a breaker that is closed
    expect(breaker.admitsAll).toBe(true);
  });

  test('a failure doubles the time up to the longest, and an answer forgets that', () => {
    const breaker = broken(breakerOf({ maxS: 3 }), 0);
    tried(breaker, 0, FAILED, 1000);
    expect([admits(breaker, 0, 2999), admits(breaker, 0, 3000)]).toEqual([false, true]);
    tried(breaker, 0, FAILED, 3000);
    expect([admits(breaker, 0, 5999), admits(breaker, 0, 6000)]).toEqual([false, true]);
    tried(breaker, 0, OK, 6000);
    expect(breaker.admitsAll).toBe(true);
    broken(breaker, 0, 7000);
    expect([admits(breaker, 0, 7999), admits(breaker, 0, 8000)]).toEqual([false, true]);
    expect(breaker.opened[0]).toBe(4);
  });

  test('a probation that ends by nobody’s fault makes room for the next one', () => {
    const breaker = broken(breakerOf(), 0);
    const probe = begun(breaker, 0, 1000);
    end(breaker, probe, CLIENT_GONE, 1100);
    expect(admits(breaker, 0, 1100)).toBe(true);
  });

  test('what began before it opened decides nothing', () => {
    const breaker = breakerOf();
    const earlier = [begun(breaker, 0, 0), begun(breaker, 0, 0)];
    broken(breaker, 0);
    end(breaker, earlier[0]!, FAILED, 900);
    end(breaker, earlier[1]!, OK, 900);
    expect([admits(breaker, 0, 999), admits(breaker, 0, 1000)]).toEqual([false, true]);
  });
});

test('times vary by the share for that, differently for each endpoint and each router, and the same in each run', () => {
  const waits = (label: string): readonly number[] => {
    const breaker = broken(broken(breakerOf({ jitter: 0.2 }, label), 0), 1);
    return [0, 1].map((endpoint) => {
      let atMs = 0;
      while (!admits(breaker, endpoint, atMs)) atMs++;
      return atMs;
    });
  };
  const drawn = ['1/router', '2/router'].flatMap((label) => waits(label));
  for (const wait of drawn) {
    expect(wait).toBeGreaterThanOrEqual(800);
    expect(wait).toBeLessThanOrEqual(1200);
  }
  expect(new Set(drawn).size).toBe(4);
  expect(waits('1/router')).toEqual(drawn.slice(0, 2));
});

test('a clock that is set back keeps nothing out for longer than the longest time', () => {
  const breaker = broken(breakerOf({ maxS: 2 }), 0, 1e9);
  expect(admits(breaker, 0, 0)).toBe(true);
});

test('over any attempts, an endpoint that is not closed has one request of probation at most, and an answered one closes it', () => {
  const steps = fc.array(
    fc.record({
      endpoint: fc.nat(1),
      does: fc.constantFrom('begin', 'fail', 'answer', 'leave'),
      afterMs: fc.nat(1500),
    }),
    { minLength: 20, maxLength: 200 },
  );
  fc.assert(
    fc.property(steps, (taken) => {
      const breaker = breakerOf({ jitter: 0.2, maxS: 4 });
      const open: Attempt[] = [];
      let nowMs = 0;
      for (const { endpoint, does, afterMs } of taken) {
        nowMs += afterMs;
        if (does === 'begin') {
          if (!admits(breaker, endpoint, nowMs)) continue;
          const before = breaker.state(endpoint, nowMs);
          open.push(begun(breaker, endpoint, nowMs));
          expect(before).not.toBe('open');
          if (before === 'probation') expect(admits(breaker, endpoint, nowMs)).toBe(false);
        } else {
          const at = open.findIndex((attempt) => attempt.endpoint === endpoint);
          if (at < 0) continue;
          const [attempt] = open.splice(at, 1);
          end(breaker, attempt!, { fail: FAILED, answer: OK, leave: CLIENT_GONE }[does], nowMs);
        }
        const isClosed = [0, 1].map((each) => breaker.state(each, nowMs) === 'closed');
        expect(breaker.admitsAll).toBe(isClosed[0]! && isClosed[1]!);
      }
    }),
  );
});

describe('other settings while it runs', () => {
  test('leave one that is open open, no longer than they allow, and close all where they switch it off', () => {
    const breaker = broken(broken(breakerOf({ baseS: 30 }), 0), 1);
    breaker.retune(settingsOf({ baseS: 30, leastSuccess: 0.5 }), 1000);
    expect([admits(breaker, 0, 29_999), admits(breaker, 0, 30_000)]).toEqual([false, true]);
    breaker.retune(settingsOf({ maxS: 5 }), 2000);
    expect([admits(breaker, 0, 6999), admits(breaker, 0, 7000)]).toEqual([false, true]);
    breaker.retune(breakerSchema(z).parse({}), 3000);
    expect([breaker.admitsAll, admits(breaker, 0, 3000), admits(breaker, 1, 3000)]).toEqual([true, true, true]);
    expect([...breaker.opened]).toEqual([1, 1]); // a counter does not fall
    broken(breaker, 0, 4000);
    expect(breaker.admitsAll).toBe(true);
    breaker.retune(settingsOf({}), 5000);
    broken(breaker, 0, 5000);
    expect(breaker.admitsAll).toBe(false);
  });

  test('of a successor begin with what its predecessor knew of each endpoint', () => {
    const before = broken(breakerOf({ baseS: 30 }), 1);
    const after = breakerOf({ baseS: 30 });
    after.inherit(0, before, 1);
    expect([admits(after, 0, 29_999), admits(after, 0, 30_000), admits(after, 1, 0)]).toEqual([false, true, true]);
    tried(after, 0, OK, 30_000);
    expect(after.admitsAll).toBe(true);
  });
});
