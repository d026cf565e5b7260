import { expect, test } from 'vitest';
import { createPolicy } from '../../../router/pick/create-policy.ts';
import { policyNames } from '../../../router/pick/registry.ts';
import { routerSchema } from '../../../router/schema.ts';
import { policyContract } from '../../contract/policy-contract.ts';

const truth = { ttftMs: (endpoint: number, { promptTokens }: { promptTokens: number }) => promptTokens - endpoint };

for (const name of policyNames) policyContract(name, () => createPolicy(name, {}, { truth }));
policyContract('least-request', () => createPolicy('least-request', { choices: 'all' }));

test('an unknown name is reported with the nearest one', () => {
  expect(() => createPolicy('peak-ewna')).toThrow('policy is peak-ewna; did you mean "peak-ewma"?');
});

test('a wrong parameter is reported with its place', () => {
  expect(() => createPolicy('least-request', { choices: 0 })).toThrow(
    /^router\.policies\.least-request\.choices is wrong/,
  );
  expect(() => createPolicy('random', { seed: 1 })).toThrow(/^router\.policies\.random is wrong/);
});

test('oracle is only for simulations', () => {
  expect(() => createPolicy('oracle')).toThrow('policy is oracle, which exists only in a simulation');
});

test('the schema of the router has every policy with its defaults', () => {
  const settings = routerSchema.parse({ policies: { 'least-request': { choices: 'all' } } });
  expect(Object.keys(settings.policies)).toEqual([...policyNames]);
  expect(settings.policies['least-request']).toEqual({ choices: 'all', bias: 1 });
  expect(settings.policies.ephemeris).toEqual({ handoverMs: 100, prefillMsPerToken: 0.1 });
  expect(settings.knowledge).toEqual({ kind: 'slots' });
  expect(routerSchema.safeParse({ policies: { 'least-reqest': {} } }).success).toBe(false);
});
