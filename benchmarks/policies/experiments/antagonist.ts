import type { Experiment, Points } from '../experiment.ts';
import { fleetScenario } from '../fleet.ts';

const WORST = 8;
const FAIR = 1 / 6;

/** Something else runs on one of six equal nodes. */
export const antagonist: Experiment = {
  name: 'antagonist',
  question: 'An antagonist makes one of six equal nodes slower: who notices?',
  source: "Prequal (NSDI'24), antagonist load; Finagle, peak EWMA",
  policies: ['random', 'round-robin', 'least-request', 'peak-ewma', 'c3', 'prequal', 'orca-weighted', 'ephemeris'],
  varied: { label: 'times slower', values: [1, 2, 4, WORST] },
  shown: { label: 'share of the slow node', of: ({ shareOf }) => shareOf['node-1'] ?? 0 },
  scenario: (factor) =>
    fleetScenario({
      nodes: { node: { profile: 'h100-llama8b', count: 6 } },
      load: { ratePerS: 12, arrivals: 'poisson', maxOutputTokens: 256 },
      ...(factor > 1 && { timeline: [{ atS: 5, forS: 80, node: 'node-1', kind: 'slow', factor }] }),
    }),
  claims: [
    ...['least-request', 'peak-ewma', 'c3', 'prequal', 'orca-weighted'].map((policy) => ({
      text: `${policy} gives the slow node less than two thirds of an even share`,
      holds: (points: Points) => (points.at(policy, WORST).shareOf['node-1'] ?? 0) < (2 / 3) * FAIR,
    })),
    {
      text: 'round-robin gives it an even share',
      holds: (points: Points) => Math.abs((points.at('round-robin', WORST).shareOf['node-1'] ?? 0) - FAIR) < 0.02,
    },
    {
      text: 'the p99 of prequal and of peak-ewma is below that of round-robin',
      holds: (points: Points) =>
        Math.max(points.at('prequal', WORST).p99Ms, points.at('peak-ewma', WORST).p99Ms) <
        points.at('round-robin', WORST).p99Ms,
    },
  ],
};
