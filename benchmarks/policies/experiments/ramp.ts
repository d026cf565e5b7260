import type { Experiment, Points } from '../experiment.ts';
import { fleetScenario } from '../fleet.ts';

const TOP = 50;

/** Load rises on a fleet of which half is slower. */
export const ramp: Experiment = {
  name: 'ramp',
  question: 'Load rises on a fleet of which half is slower: whose tail holds the longest?',
  source: "Prequal (NSDI'24), load ramp; C3 (NSDI'15), servers of several speeds; gRFC A58",
  policies: ['random', 'round-robin', 'least-request', 'peak-ewma', 'c3', 'prequal', 'orca-weighted', 'ephemeris'],
  varied: { label: 'requests a second', values: [10, 20, 30, 40, TOP] },
  shown: { label: 'TTFT p99, ms', of: ({ p99Ms }) => p99Ms, most: 4000 },
  scenario: (ratePerS) =>
    fleetScenario({
      nodes: { fast: { profile: 'h100-llama8b', count: 3 }, slow: { profile: 'l40s-llama8b', count: 3 } },
      load: { ratePerS, arrivals: 'poisson', maxOutputTokens: 256 },
    }),
  claims: [
    ...['prequal', 'peak-ewma', 'c3'].map((policy) => ({
      text: `at the top of the ramp the p99 of ${policy} is below that of round-robin and of random`,
      holds: (points: Points) =>
        points.at(policy, TOP).p99Ms < Math.min(points.at('round-robin', TOP).p99Ms, points.at('random', TOP).p99Ms),
    })),
    {
      text: 'orca-weighted sends the faster half more than half, and more than round-robin does',
      holds: (points: Points) =>
        fastShare(points.at('orca-weighted', TOP)) > Math.max(0.55, fastShare(points.at('round-robin', TOP))),
    },
  ],
};

const fastShare = ({ shareOf }: { readonly shareOf: Readonly<Record<string, number>> }): number =>
  Object.entries(shareOf).reduce((sum, [node, share]) => (node.startsWith('fast') ? sum + share : sum), 0);
