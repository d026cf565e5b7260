import type { Grouping } from './grouping.ts';

export const lastEndpoint: Grouping = {
  title: 'endpoint',
  what: 'By the endpoint of its last attempt: a node and the medium of the path to it.',
  of:
    () =>
    ({ endpoint }) =>
      endpoint,
};
