import { expect, test } from 'vitest';
import { createPolicy, schemaOf } from '../../../router/pick/create-policy.ts';
import { livePolicyNames } from '../../../router/pick/live-policy.ts';
import { isBound, madePolicy, policyNames } from '../../../router/pick/registry.ts';
import { routerSchema } from '../../../router/schema.ts';
import { policyContract } from '../../contract/policy-contract.ts';

const toldMs = (endpoint: number, { promptTokens }: { promptTokens: number }) => promptTokens - endpoint;
const truth = { ttftMs: toldMs, costToAllMs: toldMs, floorMs: toldMs };

for (const name of policyNames) {
  const checked = schemaOf(name).parse({});
  policyContract(name, () => madePolicy(name, checked, { truth }));
}
policyContract('least-request', () => createPolicy('least-request', { choices: 'all' }));
policyContract('ring-hash', () => createPolicy('ring-hash', { loadFactor: 'none' }));
policyContract('priority-failover', () =>
  createPolicy('priority-failover', { levels: [['node-1', 'laser'], ['node-2']] }),
);
policyContract('prequal', () => createPolicy('prequal', { poolSize: 2, probesPerRequest: 1.5 }));

test('bounds are those that know what no router can', () => {
  expect(policyNames.filter(isBound)).toEqual(['oracle', 'clairvoyant', 'floor']);
  expect(livePolicyNames).not.toContain('oracle');
});

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
  expect(settings.policies.ephemeris).toMatchObject({ handoverMs: 100, prefillMsPerToken: 0.1 });
  expect(settings.knowledge).toEqual({ kind: 'slots' });
  expect(routerSchema.safeParse({ policies: { 'least-reqest': {} } }).success).toBe(false);
});
