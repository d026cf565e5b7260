import { endpointParts } from './endpoint-parts.ts';
import type { Grouping } from './grouping.ts';

export const node: Grouping = {
  title: 'node',
  what: 'By the node of the attempt that counts.',
  of:
    () =>
    ({ endpoint }) =>
      endpoint === undefined ? undefined : endpointParts(endpoint).node,
};
