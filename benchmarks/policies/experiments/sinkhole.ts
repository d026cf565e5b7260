import type { Experiment, Points } from '../experiment.ts';
import { fleetScenario } from '../fleet.ts';

const FAIR = 1 / 6;

/** One of six nodes fails what it gets, at once: it always looks idle. */
export const sinkhole: Experiment = {
  name: 'sinkhole',
  question: 'One of six nodes fails requests at once, so it looks idle: who falls into it?',
  source: "Prequal (NSDI'24), sinkholing and error aversion; Finagle, peak EWMA (failures are slow)",
  policies: ['random', 'round-robin', 'least-request', 'peak-ewma', 'c3', 'prequal', 'ephemeris'],
  varied: { label: 'share that it fails', values: [0, 0.25, 0.5, 1] },
  shown: { label: 'requests that fail', of: ({ failedShare }) => failedShare },
  scenario: (share) =>
    fleetScenario({
      nodes: { node: { profile: 'h100-llama8b', count: 6 } },
      load: { ratePerS: 12, arrivals: 'poisson', maxOutputTokens: 256 },
      ...(share > 0 && { timeline: [{ atS: 5, forS: 80, node: 'node-1', kind: 'fail', share, code: 14 }] }),
    }),
  claims: [
    {
      text: 'least-request falls in: more than an even share fails',
      holds: (points: Points) => points.at('least-request', 1).failedShare > 1.2 * FAIR,
    },
    ...['peak-ewma', 'c3', 'prequal'].map((policy) => ({
      text: `${policy} does not: less than half of an even share fails`,
      holds: (points: Points) => points.at(policy, 1).failedShare < 0.5 * FAIR,
    })),
  ],
};
