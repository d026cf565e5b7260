import { expect, test } from 'vitest';
import { SAYS_NOTHING } from '../../router/request-info.ts';
import { routerOf } from '../../scenario/router-of.ts';
import { parseScenario } from '../../scenario/scenario.ts';
import { topologyOf } from '../../scenario/topology.ts';

const scenarioWith = (weight: string) =>
  parseScenario(
    `
schema: 1
name: weights
epoch: 2026-01-01T00:00:00Z
durationS: 10
seed: 1
sites: { here: { latDeg: 51, lonDeg: 0 }, there: { latDeg: 40, lonDeg: -74 } }
router: { site: here }
nodes:
  strong: { site: there, media: [fibre], profile: h100-llama8b, provider: a${weight} }
  weak: { site: there, media: [fibre], profile: h100-llama8b, provider: a }
clients: { users: { site: here, access: { kind: fibre } } }
load: { ratePerS: 1 }
slo: { ttftMs: 400, tpotMs: 50 }
`,
    'weights.yaml',
  );

const turnsOf = (weight: string): readonly number[] => {
  const scenario = scenarioWith(weight);
  const router = routerOf(scenario, topologyOf(scenario), { policy: 'weighted-round-robin', emit: () => {} });
  const counts = [0, 0];
  for (let id = 0; id < 400; id++) {
    const attempt = router.begin({ id, promptTokens: 1, maxOutputTokens: 1, ...SAYS_NOTHING }, 0);
    if (attempt.kind === 'attempt') counts[attempt.endpoint]!++;
  }
  return counts;
};

test('the weight of a node is its share under weighted-round-robin; without one all are equal', () => {
  expect(turnsOf('')).toEqual([200, 200]);
  const [strong, weak] = turnsOf(', weight: 3');
  expect([Math.round(strong! / 10), Math.round(weak! / 10)]).toEqual([30, 10]);
});
