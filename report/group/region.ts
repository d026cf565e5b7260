import type { Grouping } from './grouping.ts';

export const region: Grouping = {
  title: 'region',
  what: 'By the client that sent it: the users at one site.',
  of:
    () =>
    ({ record }) =>
      record.client,
};
