import type { Scenario } from '../../../scenario/scenario.ts';

/** Whether any of its paths goes through space between two terminals. */
export const usesLasers = ({ nodes }: Scenario): boolean =>
  Object.values(nodes).some(({ media }) => media.includes('laser'));

/** Whether any of its users has a dish. */
export const usesDishes = ({ clients }: Scenario): boolean =>
  Object.values(clients).some(({ access }) => access.kind === 'starlink');

/** Whether any of its paths has a cable; behind each PoP is one. */
export const usesCables = (scenario: Scenario): boolean =>
  usesDishes(scenario) ||
  Object.values(scenario.nodes).some(({ media }) => media.includes('fibre')) ||
  Object.values(scenario.clients).some(({ access }) => access.kind === 'fibre');
