import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { resolvedScenario } from '../../scenario/resolved-scenario.ts';
import { rolloutOf } from '../../scenario/rollout-plan.ts';
import { parseScenario } from '../../scenario/scenario.ts';

const TWO = readFileSync('test/scenarios/two-routers.yaml', 'utf8');
const read = (rollout: string) => parseScenario(`${TWO}\nrollout: ${rollout}\n`, 'two.yaml');

test('each router is told its own steps, in the order of time', () => {
  const scenario = read('[{ atS: 9, policy: random }, { atS: 2.5, routers: [europe], router: { subset: 1 } }]');
  expect(rolloutOf(scenario, 'europe')).toEqual([
    { atMs: 2500, router: { subset: 1 } },
    { atMs: 9000, policy: 'random' },
  ]);
  expect(rolloutOf(scenario, 'america')).toEqual([{ atMs: 9000, policy: 'random' }]);
});

test('a scenario with a rollout is resolved to one that reads the same', () => {
  const { yaml, hash } = resolvedScenario(read('[{ atS: 2, router: { ejection: { baseS: 4 } } }]'));
  expect(resolvedScenario(parseScenario(yaml, 'y.yaml')).hash).toBe(hash);
});

test.each([
  ['[{ atS: 2 }]', 'rollout[0] says nothing, expected policy, or router'],
  [
    '[{ atS: 2, policy: radnom }]',
    'rollout[0].policy is "radnom", which is no policy of a live router; did you mean "random"?',
  ],
  ['[{ atS: 2, policy: oracle }]', 'rollout[0].policy is "oracle", which is no policy of a live router'],
  [
    '[{ atS: 2, policy: random, routers: [euorpe] }]',
    'rollout[0].routers[0] is "euorpe", which is no router; did you mean "europe"?',
  ],
  ['[{ atS: 2, router: { dataPath: frames } }]', 'dataPath'],
  ['[{ atS: 2, router: { subset: 0 } }]', 'rollout[0].router.subset is 0'],
])('%s is refused with its place', (rollout, message) => {
  expect(() => read(rollout)).toThrow(/^two\.yaml:\d+:\d+: /);
  expect(() => read(rollout)).toThrow(message);
});
