import { expect, test } from 'vitest';
import { checkPolicy, meantPolicy, namesOfPolicies } from '../../scenario/meant-policy.ts';
import { policyOf } from '../../scenario/router-of.ts';
import { parseScenario } from '../../scenario/scenario.ts';
import { topologyOf } from '../../scenario/topology.ts';

const scenarioWith = (router: string) =>
  parseScenario(
    `
schema: 1
name: variants
epoch: 2026-01-01T00:00:00Z
durationS: 10
seed: 1
sites: { here: { latDeg: 51, lonDeg: 0 }, there: { latDeg: 40, lonDeg: -74 } }
router: { policies: { ephemeris: { handoverMs: 70 } }, variants: ${router} }
routers: { a: { site: here }, b: { site: there, policies: { ephemeris: { prefillMsPerToken: 0.5 } } } }
nodes: { node: { site: there, media: [fibre], profile: h100-llama8b } }
clients: { users: { site: here, access: { kind: fibre } } }
load: { ratePerS: 1 }
slo: { ttftMs: 400, tpotMs: 50 }
`,
    'v.yaml',
  );

test('a variant is its policy with the parameters that stand beside it, over those of each router', () => {
  const scenario = scenarioWith('{ bold: { use: ephemeris, handoverMs: 5 }, same: { use: ephemeris } }');
  const [a, b] = topologyOf(scenario).routers;
  expect(meantPolicy(a!.config, 'bold')).toMatchObject({
    policy: 'ephemeris',
    params: { handoverMs: 5, prefillMsPerToken: 0.1 },
  });
  expect(meantPolicy(b!.config, 'bold')!.params).toMatchObject({ handoverMs: 5, prefillMsPerToken: 0.5 });
  expect(meantPolicy(a!.config, 'same')).toEqual(meantPolicy(a!.config, 'ephemeris'));
  expect(meantPolicy(a!.config, 'bald')).toBeNull();
  expect(policyOf(a!, 'bold', { scenario }).name).toBe('ephemeris');
  expect(() => policyOf(a!, 'bald', { scenario })).toThrow('policy is bald');
});

test('a run takes the names of policies and of variants; an oracle is for simulations under any name', () => {
  const { router } = scenarioWith('{ bold: { use: ephemeris }, seer: { use: oracle } }');
  const live = namesOfPolicies(router, { simulated: false });
  expect([live.includes('bold'), live.includes('random'), live.includes('seer'), live.includes('oracle')]).toEqual([
    true,
    true,
    false,
    false,
  ]);
  checkPolicy(router, 'seer', { simulated: true });
  expect(() => checkPolicy(router, 'seer', { simulated: false })).toThrow(
    '--policy is seer, which knows what no live router can; expected it with simulate only',
  );
  expect(() => checkPolicy(router, 'bolt', { simulated: false, path: 'STARLANE_POLICY' })).toThrow(
    'STARLANE_POLICY has "bolt", which is no policy; did you mean "bold"?',
  );
});

test.each([
  ['{ random: { use: ephemeris } }', 'v.yaml:8:76: router.variants.random has the name of a policy'],
  ['{ bold: { handoverMs: 5 } }', 'router.variants.bold.use is missing; expected one of random, round-robin'],
  [
    '{ bold: { use: ephemeris, handover: 5 } }',
    'router.variants.bold.handover is not a known key; did you mean "handoverMs"?',
  ],
  ['{ bold: { use: ephemeris, handoverMs: -5 } }', 'router.variants.bold.handoverMs is -5, expected at least 0'],
  ['{ bold: { use: random, handoverMs: 5 } }', 'router.variants.bold.handoverMs is not a known key'],
])('%s is refused', (variants, line) => {
  expect(() => scenarioWith(variants)).toThrow(line);
});
