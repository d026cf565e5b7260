import { describe, expect, test } from 'vitest';
import { c3Score } from '../../../router/policy/c3.ts';
import { loadReport } from '../load-report-fixture.ts';
import { DrivenPolicy, tableOf } from './driven-policy.ts';

describe('c3', () => {
  test('scores R = 20, 1/mu = 4 and q = 4 as 272 ms', () => {
    expect(c3Score(20, 4, 4)).toBe(272);
  });

  test('tries each endpoint once before it has a sample', () => {
    expect(new DrivenPolicy('c3', tableOf(4)).send(4).sort()).toEqual([0, 1, 2, 3]);
  });

  /** One answer of each endpoint: what this router saw, and the service time that the node says. */
  const learnt = (responseMs: readonly number[], serviceMs: readonly number[], params: unknown = {}): DrivenPolicy => {
    const driven = new DrivenPolicy('c3', tableOf(responseMs.length), params);
    for (const [endpoint, ms] of responseMs.entries()) {
      const attempt = driven.begin(endpoint, { promptTokens: 1 });
      driven.nowMs += ms;
      driven.first(attempt);
      const report = loadReport({ atMs: driven.nowMs, stepMs: serviceMs[endpoint]!, prefillMsPerToken: 0 });
      driven.end(attempt, { report });
    }
    return driven;
  };

  test('with empty queues takes the one that answers first, whatever the service time: q = 1 cancels it', () => {
    expect(learnt([30, 20], [1, 15]).pick()).toBe(1);
  });

  test('leaves the fast answer for the fast server as its queue grows: the cube', () => {
    const driven = learnt([30, 20], [1, 10]);
    driven.begin(1);
    // 20 - 10 + 2^3 * 10 = 90 against 30 - 1 + 1 = 30
    expect(driven.pick()).toBe(0);
  });

  test('counts what other routers may send: the more of them, the sooner it leaves a server with an open request', () => {
    // One open request at endpoint 1. Alone: q = 2, 20 - 1 + 8 = 27 against 40; with three routers: q = 4, 20 - 1 + 64 = 83.
    const at = (clients: number): number => {
      const driven = learnt([40, 20], [1, 1], { clients });
      driven.begin(1);
      return driven.pick();
    };
    expect([at(1), at(3)]).toEqual([1, 0]);
  });

  test('a failure counts as at least five seconds', () => {
    const driven = learnt([30, 20], [1, 1]);
    driven.end(driven.begin(1), { fault: 'node', code: 14 });
    expect(driven.pick()).toBe(0);
  });
});
