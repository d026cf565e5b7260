import type { AttemptTable } from './attempt-table.ts';
import { endpointParts } from './group/endpoint-parts.ts';

/** How many answers each node gave, in the whole run. */
export const answersByNode = (attempts: AttemptTable): ReadonlyMap<string, number> => {
  const byEndpoint = new Map<string, number>();
  for (const { endpoint, served } of attempts.records()) {
    if (endpoint !== undefined && served === 'answered') byEndpoint.set(endpoint, (byEndpoint.get(endpoint) ?? 0) + 1);
  }
  const byNode = new Map<string, number>();
  for (const [endpoint, answers] of byEndpoint) {
    const { node } = endpointParts(endpoint);
    byNode.set(node, (byNode.get(node) ?? 0) + answers);
  }
  return byNode;
};
