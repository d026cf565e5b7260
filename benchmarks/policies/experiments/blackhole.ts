import type { Experiment, Points } from '../experiment.ts';
import { fleetScenario } from '../fleet.ts';

const FAIR = 1 / 6;

/** One of six nodes takes requests and answers none. */
export const blackhole: Experiment = {
  name: 'blackhole',
  question: 'One of six nodes takes requests and answers none, and nobody checks its health: who goes on sending?',
  source: 'Finagle and linkerd, peak EWMA (outstanding requests count); C3, the cube of the queue',
  policies: ['random', 'round-robin', 'least-request', 'peak-ewma', 'c3', 'prequal', 'ephemeris'],
  varied: { label: 'deadline of requests, s', values: [5, 20] },
  shown: { label: 'requests that fail', of: ({ failedShare }) => failedShare },
  scenario: (deadlineS) =>
    fleetScenario({
      nodes: { node: { profile: 'h100-llama8b', count: 6 } },
      load: { ratePerS: 12, arrivals: 'poisson', maxOutputTokens: 256 },
      timeline: [{ atS: 5, forS: 200, node: 'node-1', kind: 'blackhole' }],
      deadlineS,
    }),
  claims: [
    {
      text: 'round-robin goes on: an even share fails',
      holds: (points: Points) => Math.abs(points.at('round-robin', 20).failedShare - FAIR) < 0.03,
    },
    ...['least-request', 'peak-ewma', 'c3', 'prequal'].map((policy) => ({
      text: `${policy} loses less than half of that`,
      holds: (points: Points) => points.at(policy, 20).failedShare < 0.5 * FAIR,
    })),
  ],
};
