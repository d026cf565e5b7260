import type { Experiment, Points } from '../experiment.ts';
import { AGENTS, fleetScenario } from '../fleet.ts';

const TOP = 8;
const WARM = ['ring-hash', 'llm-d', 'lmetric', 'kv-overlap', 'gorgo'];

/** Conversations of agents, each of whose prompts repeats all before it, over four equal nodes. */
export const cache: Experiment = {
  name: 'cache',
  question: 'Prompts repeat what came before them: what is it worth to send them where that is cached?',
  source: 'llm-d inference scheduler; SGLang; NVIDIA Dynamo KV router: prefix-aware against even spreading',
  policies: ['round-robin', 'least-request', 'ephemeris', ...WARM],
  varied: { label: 'requests a second', values: [2, 5, TOP] },
  shown: { label: 'TTFT p50, ms', of: ({ p50Ms }) => p50Ms },
  scenario: (ratePerS) =>
    fleetScenario({
      nodes: { node: { profile: 'h100-llama8b', count: 4 } },
      load: { ratePerS, classes: { agents: AGENTS } },
      durationS: 120,
      warmUpS: 60,
    }),
  claims: WARM.map((policy) => ({
    text: `the median TTFT of ${policy} is below three quarters of that of round-robin`,
    holds: (points: Points) => points.at(policy, TOP).p50Ms < 0.75 * points.at('round-robin', TOP).p50Ms,
  })),
};
