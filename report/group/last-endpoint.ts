import type { Grouping } from './grouping.ts';

export const lastEndpoint: Grouping = {
  title: 'endpoint',
  what: 'By the endpoint of the attempt that counts, the one that won or the last: a node and the medium of the path to it.',
  of:
    () =>
    ({ endpoint }) =>
      endpoint,
};
