import type { Experiment, Points } from '../experiment.ts';
import { AGENTS, fleetScenario } from '../fleet.ts';

const TOP = 8;

/** The same conversations over nodes of which half are in another part of the world. */
export const regions: Experiment = {
  name: 'regions',
  question: 'Half of the nodes are far away: is a warm cache there worth the way?',
  source: 'GORGO (arXiv 2602.11688): policies that price caches and load only, against one that prices the way too',
  policies: ['round-robin', 'ring-hash', 'llm-d', 'kv-overlap', 'gorgo', 'ephemeris'],
  varied: { label: 'requests a second', values: [2, 5, TOP] },
  shown: { label: 'TTFT p50, ms', of: ({ p50Ms }) => p50Ms },
  scenario: (ratePerS) =>
    fleetScenario({
      nodes: {
        near: { profile: 'h100-llama8b', count: 2, site: 'frankfurt' },
        far: { profile: 'h100-llama8b', count: 2, site: 'singapore' },
      },
      load: { ratePerS, classes: { agents: AGENTS } },
      durationS: 120,
      warmUpS: 60,
    }),
  claims: ['ring-hash', 'llm-d', 'kv-overlap'].map((policy) => ({
    text: `the median TTFT of gorgo is below that of ${policy}, which does not price the way`,
    holds: (points: Points) => points.at('gorgo', TOP).p50Ms < points.at(policy, TOP).p50Ms,
  })),
};
