import { endpointParts } from './endpoint-parts.ts';
import type { Grouping } from './grouping.ts';

export const provider: Grouping = {
  title: 'provider',
  what: 'By who owns the node of the attempt that counts.',
  of: ({ providers }) => {
    if (providers === undefined) return null;
    return ({ endpoint }) => (endpoint === undefined ? undefined : providers[endpointParts(endpoint).node]);
  },
};
