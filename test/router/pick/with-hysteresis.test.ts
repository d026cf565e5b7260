import { expect, test } from 'vitest';
import { z } from 'zod';
import { seededRng } from '../../../core/random/rng.ts';
import { createPolicy } from '../../../router/pick/create-policy.ts';
import { pricedPolicy } from '../../../router/pick/priced-policy.ts';
import { hysteresisSchema, withHysteresis } from '../../../router/pick/with-hysteresis.ts';
import { policyContract, request } from '../../contract/policy-contract.ts';
import { DrivenPolicy, tableOf } from '../policy/driven-policy.ts';

const hysteresis = (gainMs: number, sessions = 100) => hysteresisSchema(z).parse({ gainMs, sessions });

policyContract('ephemeris', () => createPolicy('ephemeris', {}, { hysteresis: hysteresis(20) }));

/** Two endpoints that cost what `costs` says now. */
const over = (costs: number[], gainMs: number, sessions = 100) => {
  const inner = pricedPolicy('priced', (_request, _endpoints, endpoint, _nowMs, price) => {
    price.costMs = costs[endpoint]!;
    price.predictedMs = costs[endpoint]! - 1;
  });
  const policy = withHysteresis(inner, hysteresis(gainMs, sessions));
  const driven = new DrivenPolicy('random', tableOf(costs.length));
  const send = (session: string): number => {
    const decision = policy.pick({ ...request, session }, driven.table, 0, seededRng(1)('policy'));
    if (decision.kind !== 'pick') return -1;
    expect([decision.costMs, decision.predictedMs]).toEqual([costs[decision.endpoint], costs[decision.endpoint]! - 1]);
    const attempt = driven.begin(decision.endpoint, { session });
    policy.observe!({ kind: 'began', attempt, nowMs: 0 }, driven.table);
    return decision.endpoint;
  };
  return { send, driven, policy, inner };
};

test('a session stays for a gain of 20 ms, and leaves for one of 21', () => {
  const costs = [100, 105];
  const { send } = over(costs, 20);
  expect(send('a')).toBe(0);
  costs[0] = 125;
  expect(send('a')).toBe(0);
  costs[0] = 126;
  expect(send('a')).toBe(1);
  costs[0] = 90;
  expect(send('a')).toBe(1); // and it does not go back for 15
});

test('sessions are apart, and requests without one stay together', () => {
  const costs = [100, 105];
  const { send } = over(costs, 20);
  expect([send('a'), send('')]).toEqual([0, 0]);
  costs[0] = 120;
  expect([send('a'), send('b'), send('')]).toEqual([0, 1, 0]);
});

test('an endpoint that may not be chosen is left at once', () => {
  const { send, driven } = over([100, 105], 20);
  send('a');
  driven.available(0, false);
  expect(send('a')).toBe(1);
});

test('the sessions that were used last are remembered', () => {
  const costs = [100, 105];
  const { send } = over(costs, 20, 2);
  for (const session of ['a', 'b', 'a', 'c']) send(session);
  costs[0] = 120;
  expect([send('a'), send('c'), send('b')]).toEqual([0, 0, 1]);
});

test('no gain, no hysteresis: it is the same policy', () => {
  const { policy, inner } = over([1, 2], 0);
  expect(policy).toBe(inner);
});
