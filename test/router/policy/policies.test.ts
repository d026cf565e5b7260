import { describe, expect, test } from 'vitest';
import { type Rng, seededRng } from '../../../core/random/rng.ts';
import { Attempt } from '../../../router/attempt/attempt.ts';
import { EndpointTable, type EndpointTableOptions } from '../../../router/endpoint/endpoint-table.ts';
import { createPolicy } from '../../../router/pick/create-policy.ts';
import { leastRequestShare } from '../../../router/pick/least-request-share.ts';
import { nodeMs } from '../../../router/pick/node-ms.ts';
import type { Policy } from '../../../router/pick/policy.ts';
import { drawPair, leastOf } from '../../../router/pick/price-list.ts';
import { isPriced, type PricedPolicy } from '../../../router/pick/priced-policy.ts';
import { request } from '../../contract/policy-contract.ts';
import { loadReport } from '../load-report-fixture.ts';

const tableOf = (weights: readonly number[], options: EndpointTableOptions = {}): EndpointTable => {
  const specs = weights.map((weight, index) => ({
    name: `n${index}/fibre`,
    node: `n${index}`,
    medium: 'fibre',
    weight,
  }));
  const table = new EndpointTable(specs, options);
  table.refreshCandidates(0);
  return table;
};

/** The endpoints of `count` picks in a row, each begun. */
const turns = (policy: Policy, table: EndpointTable, count: number, rng: Rng = seededRng(1)('policy')): number[] =>
  Array.from({ length: count }, () => {
    const decision = policy.pick(request, table, 0, rng);
    if (decision.kind === 'reject') return -1;
    const { endpoint } = decision;
    const attempt = attemptOn(endpoint);
    table.begin(endpoint, attempt);
    policy.observe?.({ kind: 'began', attempt, nowMs: 0 }, table);
    return endpoint;
  });

const attemptOn = (endpoint: number, number = 1): Attempt =>
  new Attempt(request, {
    endpoint,
    number,
    cause: number === 1 ? 'first' : 'retry',
    avoided: [],
    startedAtMs: 0,
    costMs: Number.NaN,
    predictedMs: Number.NaN,
    clockSettings: 0,
  });

const countsOf = (picks: readonly number[], size: number): number[] =>
  Array.from({ length: size }, (_, endpoint) => picks.filter((pick) => pick === endpoint).length);

const priced = (name: string, params: unknown = {}): PricedPolicy => {
  const policy = createPolicy(name, params);
  if (!isPriced(policy)) throw new Error(`${name} has no cost`);
  return policy;
};

const costOf = (policy: PricedPolicy, table: EndpointTable, endpoint: number): number => {
  const price = { costMs: 0, predictedMs: 0 };
  policy.priceOf(request, table, endpoint, 0, price);
  return price.costMs;
};

test('random spreads evenly: each of 8 gets 1000 of 8000 within 4 standard deviations', () => {
  const counts = countsOf(turns(createPolicy('random'), tableOf(Array(8).fill(1)), 8000), 8);
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(8000 * (1 / 8) * (7 / 8)));
});

test('round-robin gives each its turn, and skips the one that is gone', () => {
  const table = tableOf([1, 1, 1]);
  const policy = createPolicy('round-robin');
  expect(turns(policy, table, 6)).toEqual([0, 1, 2, 0, 1, 2]);
  table.setAvailable(1, false);
  table.refreshCandidates(0);
  expect(countsOf(turns(policy, table, 6), 3)).toEqual([3, 0, 3]);
});

test('round-robin counts requests, not retries: a dead endpoint of two meets every second request, not each', () => {
  const table = tableOf([1, 1]);
  const policy = createPolicy('round-robin');
  const first = Array.from({ length: 6 }, () => {
    const [endpoint] = turns(policy, table, 1);
    if (endpoint === 0) policy.observe?.({ kind: 'began', attempt: attemptOn(1, 2), nowMs: 0 }, table); // the retry
    return endpoint;
  });
  expect(first).toEqual([0, 1, 0, 1, 0, 1]);
});

describe('weighted-round-robin', () => {
  test('with weights 3 and 1 and both phases one half turns a, a, b, a', () => {
    const table = tableOf([3, 1]);
    table.phase.fill(0.5);
    expect(turns(createPolicy('weighted-round-robin'), table, 8)).toEqual([0, 0, 1, 0, 0, 0, 1, 0]);
  });

  test('does not flood a path that was down for a while: the turns it missed are lost', () => {
    const table = tableOf([1, 1]);
    const policy = createPolicy('weighted-round-robin');
    table.setAvailable(1, false);
    table.refreshCandidates(0);
    turns(policy, table, 100);
    table.setAvailable(1, true);
    table.refreshCandidates(0);
    const [first, second] = countsOf(turns(policy, table, 20), 2);
    expect(Math.abs(first! - second!)).toBeLessThanOrEqual(1);
  });

  test('gives each its share exactly, to one turn', () => {
    const counts = countsOf(turns(createPolicy('weighted-round-robin'), tableOf([1, 2, 5]), 800), 3);
    expect(counts.map((count, index) => Math.abs(count - [100, 200, 500][index]!) <= 1)).toEqual([true, true, true]);
  });
});

describe('least-request', () => {
  test('weighs w = 2 with 4 outstanding as 0.4', () => {
    expect(leastRequestShare(2, 4, 1)).toBe(0.4);
  });

  test('over all keeps the outstanding of equals within one', () => {
    const table = tableOf([1, 1, 1, 1, 1]);
    turns(createPolicy('least-request', { choices: 'all' }), table, 503);
    expect(Math.max(...table.outstanding) - Math.min(...table.outstanding)).toBe(1);
  });

  test('over all keeps outstanding in proportion to weight', () => {
    const table = tableOf([1, 3]);
    turns(createPolicy('least-request', { choices: 'all' }), table, 400);
    expect(Math.abs(table.outstanding[1]! - 300)).toBeLessThanOrEqual(3);
  });

  test('of two drawn never takes the busier one', () => {
    const table = tableOf([1, 1]);
    table.outstanding.set([9, 0]);
    const picks = Array.from({ length: 400 }, (_, seed) =>
      createPolicy('least-request').pick(request, table, 0, seededRng(seed)('policy')),
    );
    // The busier one is left only where it was drawn twice: a quarter of the time.
    const busier = picks.filter((pick) => pick.kind === 'pick' && pick.endpoint === 0).length;
    expect(Math.abs(busier - 100)).toBeLessThan(4 * Math.sqrt(400 * 0.25 * 0.75));
  });
});

describe('peak-ewma', () => {
  test('prices 80 ms with 2 outstanding at 240 and prefers 100 ms with 1, at 200', () => {
    const table = tableOf([1, 1]);
    table.ewma.sample(0, 80, 0);
    table.ewma.sample(1, 100, 0);
    table.outstanding.set([2, 1]);
    const policy = priced('peak-ewma');
    expect([costOf(policy, table, 0), costOf(policy, table, 1)]).toEqual([240, 200]);
    expect(turns(policy, table, 1)).toEqual([1]);
  });

  test('tries each endpoint once before it has a sample of any', () => {
    expect(turns(priced('peak-ewma'), tableOf([1, 1, 1, 1]), 4).sort()).toEqual([0, 1, 2, 3]);
  });
});

test('equals are drawn evenly: each of 8 gets 1000 of 8000 within 4 standard deviations', () => {
  const rng = seededRng(3)('policy');
  const costs = new Float64Array(8).fill(1);
  const picks = Array.from({ length: 8000 }, () => leastOf(costs, 8, rng));
  for (const count of countsOf(picks, 8)) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(8000 * (7 / 64)));
});

test('a pair above 16 candidates is drawn evenly: each of 20 is in a tenth of the pairs', () => {
  const table = tableOf(Array(20).fill(1));
  const rng = seededRng(5)('policy');
  const counts = new Array<number>(20).fill(0);
  const drawn = new Uint32Array(2);
  for (let draw = 0; draw < 20_000; draw++) {
    drawPair(table, rng, drawn);
    expect(drawn[0]).not.toBe(drawn[1]);
    for (const endpoint of drawn) counts[endpoint] = counts[endpoint]! + 1;
  }
  for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(4.5 * Math.sqrt(20_000 * 0.1 * 0.9));
});

describe('the time at a node', () => {
  const options = { promptTokens: 400, prefillMsPerToken: 0.1 };

  test('of one that never reported is the prompt alone, behind what we sent', () => {
    const { nodes } = tableOf([1]);
    expect(nodeMs(nodes, 0, 0, options)).toBeCloseTo(40);
    nodes.sent(0, { promptTokens: 1000, arrivesAtMs: 0, isUnreported: true, place: -1 });
    expect(nodeMs(nodes, 0, 0, options)).toBeCloseTo(140);
  });

  test('is half a step, the backlog less what has drained since, and the step of the prompt: 6 + 80 + 23', () => {
    const { nodes } = tableOf([1]);
    const report = { atMs: 100, pendingPromptTokens: 2000, stepMs: 12, prefillMsPerToken: 0.05, prefillBaseMs: 3 };
    nodes.report(0, loadReport(report));
    expect(nodeMs(nodes, 0, 120, options)).toBeCloseTo(109);
    expect(nodeMs(nodes, 0, 5000, options)).toBeCloseTo(29);
  });

  test('is at least a step for a short prompt: 6 + 12', () => {
    const { nodes } = tableOf([1]);
    nodes.report(0, loadReport({ atMs: 100, stepMs: 12, prefillMsPerToken: 0.05, prefillBaseMs: 3 }));
    expect(nodeMs(nodes, 0, 5000, { ...options, promptTokens: 100 })).toBeCloseTo(18);
  });
});
