import { describe, expect, test } from 'vitest';
import { gorgoCostMs } from '../../../router/policy/gorgo.ts';
import { kvOverlapCost } from '../../../router/policy/kv-overlap.ts';
import { llmDScore } from '../../../router/policy/llm-d.ts';
import { lmetricCost } from '../../../router/policy/lmetric.ts';
import { DrivenPolicy, tableOf } from './driven-policy.ts';

const PREFIX = Float64Array.of(11, 22, 33, 44);
const LONG = { promptTokens: 2200, prefix: PREFIX };
const OTHER = { promptTokens: 2200, prefix: Float64Array.of(5, 6, 7, 8) };

/** A policy that sent one long prompt to endpoint 0, which ended. */
const warmed = (name: string, size: number, params: unknown = {}, rttMs?: readonly number[]): DrivenPolicy => {
  const driven = new DrivenPolicy(name, tableOf(size, rttMs === undefined ? {} : { rttMs }), params);
  const attempt = driven.begin(0, LONG);
  driven.first(attempt);
  driven.end(attempt);
  return driven;
};

const THOSE = ['llm-d', 'lmetric', 'kv-overlap', 'gorgo'];

describe.each(THOSE)('%s', (name) => {
  const rttMs = Array(4).fill(10);

  test('sends a prompt to the node that has cached it, among four and among forty', () => {
    for (const size of [4, 40]) {
      const driven = warmed(name, size, {}, Array(size).fill(10));
      expect(Array.from({ length: 40 }, () => driven.pick(LONG)).every((endpoint) => endpoint === 0)).toBe(true);
    }
  });

  test('sends a prompt that nobody has cached anywhere', () => {
    const driven = warmed(name, 4, {}, rttMs);
    expect(new Set(Array.from({ length: 60 }, () => driven.pick(OTHER))).size).toBe(4);
  });

  test('leaves the warm node when it is swamped', () => {
    const driven = warmed(name, 4, {}, rttMs);
    for (let count = 0; count < 60; count++) driven.begin(0, { ...OTHER, prefix: new Float64Array(0) });
    driven.report(0, { running: 40, waiting: 20, kvUsage: 0.95, pendingPromptTokens: 60_000, prefillMsPerToken: 0.1 });
    expect(driven.pick(LONG)).not.toBe(0);
  });
});

describe.each(['llm-d', 'lmetric', 'gorgo'])('%s between two reports', (name) => {
  const short = { promptTokens: 100, prefix: new Float64Array(0) };

  /** Sends `count` prompts, each of which is answered at once and goes on, to nodes that said that `others` more came there for each of ours. */
  const sent = (count: number, others: number): readonly number[] => {
    const driven = new DrivenPolicy(name, tableOf(4, { rttMs: Array(4).fill(10) }));
    for (let round = 0; round < 200; round++) {
      for (let node = 0; node < 4; node++) {
        driven.report(node, { requestsReceived: round * (1 + others), prefillMsPerToken: 0.1 });
        driven.end(driven.begin(node, short));
      }
      driven.nowMs += 100;
    }
    // The first two say that they have a little more to do: old news, when many have been sent to the others.
    for (let node = 0; node < 4; node++)
      driven.report(node, { waiting: node < 2 ? 3 : 0, running: node < 2 ? 3 : 0, prefillMsPerToken: 0.1 });
    driven.nowMs += 1;
    return Array.from({ length: count }, () => {
      const attempt = driven.begin(driven.pick(short), short);
      driven.first(attempt);
      return attempt.endpoint;
    });
  };

  test('does not send all to what looked best, once those are answered and go on', () => {
    expect(new Set(sent(40, 0))).toEqual(new Set([0, 1, 2, 3]));
  });

  test('turns to others the sooner, the more other routers send there', () => {
    const turnsBefore = (picks: readonly number[]): number => picks.findIndex((node) => node < 2);
    expect(turnsBefore(sent(40, 0))).toBeGreaterThan(turnsBefore(sent(40, 9)));
    expect(turnsBefore(sent(40, 9))).toBeLessThanOrEqual(2); // one there counts as ten
  });
});

describe('lmetric', () => {
  test('prices 3000 uncached with a load of 1 at 6000, and 1000 with 4 at 5000', () => {
    expect([lmetricCost(3000, 1), lmetricCost(1000, 4)]).toEqual([6000, 5000]);
  });

  test('takes the second of those', () => {
    const driven = new DrivenPolicy('lmetric', tableOf(2));
    const warm = { promptTokens: 3048, prefix: Float64Array.of(1, 2, 3, 4) }; // 2048 of 3048 tokens are in whole blocks
    driven.end(driven.begin(1, warm));
    for (const [endpoint, load] of [1, 4].entries()) driven.report(endpoint, { running: load });
    expect(driven.pick(warm)).toBe(1); // 3048 * 2 = 6096 against 1000 * 5 = 5000
  });
});

describe('kv-overlap', () => {
  test('prices (8, 10), (5, 5) and (2, 9) at 18, 10 and 11', () => {
    expect([kvOverlapCost(8, 10, 1), kvOverlapCost(5, 5, 1), kvOverlapCost(2, 9, 1)]).toEqual([18, 10, 11]);
  });

  test('counts prefill until the first token, and blocks until the end', () => {
    const driven = new DrivenPolicy('kv-overlap', tableOf(2), { blockTokens: 100 });
    const plain = { promptTokens: 1000, prefix: new Float64Array(0) };
    const a = driven.begin(0, plain);
    const b = driven.begin(1, { ...plain, promptTokens: 900 });
    expect(driven.pick(plain)).toBe(1); // 20 + 20 against 19 + 19
    driven.first(a);
    expect(driven.pick(plain)).toBe(0); // 10 + 20 against 19 + 19
    driven.first(b);
    expect(driven.pick(plain)).toBe(1); // 10 + 20 against 10 + 19
    driven.end(a);
    expect(driven.pick(plain)).toBe(0); // 10 + 10 against 10 + 19
  });

  test('a request that began before the policy is not counted when it ends', () => {
    const driven = new DrivenPolicy('kv-overlap', tableOf(2));
    const before = new DrivenPolicy('random', driven.table).begin(0, { promptTokens: 5000 });
    driven.end(before);
    const plain = { promptTokens: 1600, prefix: new Float64Array(0) };
    driven.begin(0, plain);
    expect(driven.pick(plain)).toBe(1);
  });
});

describe('gorgo', () => {
  test('prices the near, busy and cold node at 511.4 ms and the far, idle and warm one at 130 ms', () => {
    const near = { rttMs: 5, perTokenMs: 0.1, runningTokens: 16 * 4, queuedTokens: 2000, uncachedTokens: 3000 };
    const far = { rttMs: 80, perTokenMs: 0.1, runningTokens: 0, queuedTokens: 0, uncachedTokens: 500 };
    expect([gorgoCostMs(near), gorgoCostMs(far)]).toEqual([expect.closeTo(511.4), expect.closeTo(130)]);
  });

  test('stays near while what the warm node saves is less than the way', () => {
    // All but 152 of 2200 tokens are cached far away: 204.8 ms at 0.1 ms a token.
    const at = (farMs: number): number => warmed('gorgo', 2, {}, [farMs, 5]).pick(LONG);
    expect([at(200), at(215)]).toEqual([0, 1]);
  });
});

describe('llm-d', () => {
  test('scores waiting 4 and 0, KV 0.5 and 0.25, prefix 1 and 0 as 4 and 3.5', () => {
    const weights = { queueWeight: 2, kvWeight: 2, prefixWeight: 3 };
    expect(llmDScore(0, 0.5, 1, weights)).toBe(4);
    expect(llmDScore(1, 0.75, 0, weights)).toBe(3.5);
    const driven = warmed('llm-d', 2);
    driven.report(0, { waiting: 4, kvUsage: 0.5 });
    driven.report(1, { waiting: 0, kvUsage: 0.25 });
    expect(driven.pick(LONG)).toBe(0);
  });

  test('leaves out saturated nodes, unless all are', () => {
    const driven = warmed('llm-d', 3);
    driven.report(0, { waiting: 6 });
    driven.report(1, { kvUsage: 0.81 });
    expect(driven.pick(LONG)).toBe(2);
    driven.report(2, { waiting: 9 });
    expect(driven.pick(LONG)).toBe(0);
  });
});
