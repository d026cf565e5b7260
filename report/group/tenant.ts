import type { Grouping } from './grouping.ts';

export const tenant: Grouping = {
  title: 'tenant',
  what: 'By the tenant that it was sent for, where the load has tenants.',
  of:
    () =>
    ({ record }) =>
      record.tenant,
};
