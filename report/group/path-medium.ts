import { endpointParts } from './endpoint-parts.ts';
import type { Grouping } from './grouping.ts';

export const pathMedium: Grouping = {
  title: 'medium',
  what: 'By the medium of the path of the attempt that counts.',
  of:
    () =>
    ({ endpoint }) =>
      endpoint === undefined ? undefined : endpointParts(endpoint).medium,
};
