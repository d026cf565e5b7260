import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { seededRng } from '../../core/random/rng.ts';
import { readScenario } from '../../scenario/io/scenario-file.ts';
import { checkPolicy, meantPolicy } from '../../scenario/meant-policy.ts';
import { resolvedScenario } from '../../scenario/resolved-scenario.ts';
import { policyOf } from '../../scenario/router-of.ts';
import { parseScenario, type Scenario } from '../../scenario/scenario.ts';
import { topologyOf } from '../../scenario/topology.ts';
import { request } from '../contract/policy-contract.ts';
import { tableOf } from '../router/policy/driven-policy.ts';

const OWN = 'scenarios/my-policy/my-policy.ts';

const scenarioWith = (variants: string, text = readFileSync(OWN, 'utf8')): Scenario =>
  parseScenario(
    `
schema: 1
name: own
durationS: 10
sites: { here: { latDeg: 51, lonDeg: 0 }, there: { latDeg: 40, lonDeg: -74 } }
router: { site: here, variants: ${variants} }
nodes: { node: { site: there, media: [fibre], profile: h100-llama8b } }
clients: { users: { site: here, access: { kind: fibre } } }
load: { ratePerS: 1 }
`,
    'v.yaml',
    {},
    () => text,
  );

describe('a policy in a file that a scenario names', () => {
  test('is a variant, with the parameters that its file checks and their defaults', () => {
    const scenario = scenarioWith('{ mine: { use: ./my-policy.ts, msPerOpenRequest: 7 } }');
    expect(meantPolicy(scenario.router, 'mine')).toEqual({
      policy: './my-policy.ts',
      params: { msPerOpenRequest: 7, prefillMsPerToken: 0.1 },
    });
    for (const simulated of [true, false]) checkPolicy(scenario.router, 'mine', { simulated });
    const [plan] = topologyOf(scenario).routers;
    const policy = policyOf(plan!, 'mine', { scenario });
    expect(policy.name).toBe('my-policy');
    expect(policy.pick(request, tableOf(2), 0, seededRng(1)('policy'))).toMatchObject({ kind: 'pick', costMs: 40 });
  });

  test('is part of the hash of the scenario', () => {
    const variants = '{ mine: { use: ./my-policy.ts } }';
    const text = readFileSync(OWN, 'utf8');
    expect(scenarioWith(variants, `${text}\n`).hash).not.toBe(scenarioWith(variants, text).hash);
  });

  test('is beside the resolved scenario, which reads back to the same', () => {
    const resolved = resolvedScenario(scenarioWith('{ mine: { use: ./my-policy.ts } }'));
    expect(Object.keys(resolved.files)).toEqual(['policy-1.ts']);
    const again = parseScenario(
      resolved.yaml,
      'resolved.yaml',
      {},
      (named) => resolved.files[named.replace('./', '')]!,
    );
    expect(resolvedScenario(again).hash).toBe(resolved.hash);
  });

  test('gets what money, carbon and power are worth, as ours do', () => {
    const scenario = scenarioWith('{ mine: { use: ./my-policy.ts } }, prices: { msAtNoHeadroom: 50 }');
    const [plan] = topologyOf(scenario).routers;
    const table = tableOf(1);
    table.nodes.headroom[0] = 0;
    const policy = policyOf(plan!, 'mine', { scenario });
    expect(policy.pick(request, table, 0, seededRng(1)('policy'))).toMatchObject({ costMs: 90 });
  });

  test.each([
    [
      '{ mine: { use: ./my-policy.ts, msPerOpenRequests: 7 } }',
      undefined,
      /^v\.yaml:6:\d+: router\.variants\.mine\.msPerOpenRequests is not a known key; did you mean "msPerOpenRequest"\?$/,
    ],
    [
      '{ mine: { use: ./my-policy.ts, msPerOpenRequest: -7 } }',
      undefined,
      /^v\.yaml:6:\d+: router\.variants\.mine\.msPerOpenRequest is -7, expected/,
    ],
    [
      '{ mine: { use: ./my-policy.ts } }',
      'export const nothing = 1;',
      /^v\.yaml:6:\d+: router\.variants\.mine\.use names a policy: \.\/my-policy\.ts: its export "schema" is missing/,
    ],
    [
      '{ mine: { use: ./my-policy.ts } }',
      'export const schema = (z) => z.object({}); export const create = () => ({ name: 1 });',
      /^v\.yaml:6:\d+: router\.variants\.mine\.use names a policy: \.\/my-policy\.ts: its create gives no policy/,
    ],
    [
      '{ mine: { use: ./my-policy.ts } }',
      'export const schema = (z) => z.object({}); export const create = () => { throw new Error("x"); };',
      /router\.variants\.mine\.use names a policy: x$/,
    ],
    ['{ mine: { use: my-policy.ts } }', undefined, /router\.variants\.mine\.use is "my-policy\.ts"/],
  ])('a mistake in %s has its place, in one line', (variants, text, message) => {
    expect(() => scenarioWith(variants, text)).toThrow(message);
  });

  test('the template runs as it is, and a file that is missing is told', () => {
    expect(Object.keys(readScenario('scenarios/my-policy/my-policy.yaml').files)).toEqual(['./my-policy.ts']);
    expect(() =>
      readScenario('scenarios/my-policy/my-policy.yaml', { set: ['router.variants.mine.use=./gone.ts'] }),
    ).toThrow(/gone\.ts/);
  });
});
