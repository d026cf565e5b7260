import type { Grouping } from './grouping.ts';

export const requestClass: Grouping = {
  title: 'class',
  what: 'By its class, where the load has classes.',
  of:
    () =>
    ({ record }) =>
      record.class,
};
