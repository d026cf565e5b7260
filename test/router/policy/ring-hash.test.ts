import { describe, expect, test } from 'vitest';
import { seededRng } from '../../../core/random/rng.ts';
import { EndpointTable } from '../../../router/endpoint/endpoint-table.ts';
import { noForecast } from '../../../router/endpoint/forecast.ts';
import { createPolicy } from '../../../router/pick/create-policy.ts';
import type { Policy } from '../../../router/pick/policy.ts';
import { request } from '../../contract/policy-contract.ts';

const tableOf = (nodes: number, options: { readonly weights?: readonly number[]; readonly media?: number } = {}) => {
  const { weights = [], media = 1 } = options;
  const specs = Array.from({ length: nodes * media }, (_, index) => {
    const node = `n${Math.floor(index / media)}`;
    const medium = ['fibre', 'laser'][index % media]!;
    return { name: `${node}/${medium}`, node, medium, weight: weights[Math.floor(index / media)] ?? 1 };
  });
  const table = new EndpointTable(specs, { forecast: { ...noForecast, rttMsAt: (endpoint) => 50 - endpoint } });
  table.refreshCandidates(0);
  return table;
};

const nodeOf = (policy: Policy, table: EndpointTable, session: string, seed = 1): number => {
  const decision = policy.pick({ ...request, session }, table, 0, seededRng(seed)('policy'));
  return decision.kind === 'pick' ? table.nodeOf[decision.endpoint]! : -1;
};

const begin = (table: EndpointTable, endpoint: number, count = 1): void => {
  for (let index = 0; index < count; index++) {
    table.begin(endpoint, { promptTokens: 1, arrivesAtMs: 0, isUnreported: true, place: -1 });
  }
};

const SESSIONS = Array.from({ length: 4000 }, (_, index) => `session-${index}`);
const unbounded = () => createPolicy('ring-hash', { loadFactor: 'none' });

describe('ring-hash', () => {
  test('gives a session the same node each time, whatever chance says', () => {
    const table = tableOf(7);
    const policy = unbounded();
    for (const session of SESSIONS.slice(0, 50)) {
      const nodes = [1, 2, 3].map((seed) => nodeOf(policy, table, session, seed));
      expect(new Set(nodes).size).toBe(1);
    }
  });

  test('moves only the sessions of a node that goes, and they come back with it', () => {
    const table = tableOf(8);
    const policy = unbounded();
    const before = SESSIONS.map((session) => nodeOf(policy, table, session));
    table.setAvailable(3, false);
    table.refreshCandidates(0);
    const without = SESSIONS.map((session) => nodeOf(policy, table, session));
    expect(without.includes(3)).toBe(false);
    for (const [index, node] of before.entries()) if (node !== 3) expect(without[index]).toBe(node);
    table.setAvailable(3, true);
    table.refreshCandidates(0);
    expect(SESSIONS.map((session) => nodeOf(policy, table, session))).toEqual(before);
  });

  test('spreads sessions by weight: within a fifth of the shares 1, 2, 5 on a ring of 1024', () => {
    const table = tableOf(3, { weights: [1, 2, 5] });
    const policy = unbounded();
    const nodes = SESSIONS.map((session) => nodeOf(policy, table, session));
    for (const [node, share] of [1 / 8, 2 / 8, 5 / 8].entries()) {
      const got = nodes.filter((each) => each === node).length / SESSIONS.length;
      expect(Math.abs(got - share) / share).toBeLessThan(0.2);
    }
  });

  test('sends requests without a session anywhere', () => {
    const table = tableOf(4);
    const policy = unbounded();
    const nodes = Array.from({ length: 400 }, (_, seed) => nodeOf(policy, table, '', seed));
    expect(new Set(nodes).size).toBe(4);
  });

  test('with 10 open on 4 equal nodes a node takes no fourth request: ceil(1.25 * 11 / 4) = 4', () => {
    const table = tableOf(4);
    const policy = createPolicy('ring-hash');
    const home = nodeOf(unbounded(), table, 'a');
    const others = [0, 1, 2, 3].filter((node) => node !== home);
    begin(table, home, 3);
    for (const [index, other] of others.entries()) begin(table, other, [3, 2, 2][index]!);
    expect(table.outstandingTotal).toBe(10);
    expect(nodeOf(policy, table, 'a')).toBe(home); // 3 are below the bound of 4
    begin(table, home); // 11 open: ceil(1.25 * 12 / 4) = 4, and it has them
    expect(others).toContain(nodeOf(policy, table, 'a'));
  });

  test('keeps every node at or below 1.25 of the average plus one, though all requests are of one session', () => {
    const table = tableOf(5);
    const policy = createPolicy('ring-hash');
    for (let count = 1; count <= 300; count++) {
      begin(table, nodeOf(policy, table, 'the same'));
      expect(Math.max(...table.nodeOutstanding)).toBeLessThanOrEqual(Math.ceil((1.25 * count) / 5));
    }
  });

  test('takes the shorter path to its node, and the other one while that is down', () => {
    const table = tableOf(3, { media: 2 }); // of each node the laser, which has the odd number, is 1 ms shorter
    const policy = unbounded();
    const endpoint = (): number => {
      const decision = policy.pick({ ...request, session: 'x' }, table, 0, seededRng(1)('policy'));
      return decision.kind === 'pick' ? decision.endpoint : -1;
    };
    const home = endpoint();
    expect(home % 2).toBe(1);
    table.setAvailable(home, false);
    table.refreshCandidates(0);
    expect(endpoint()).toBe(home - 1);
  });
});
