import type { EndpointTable } from '../endpoint/endpoint-table.ts';

/** The headers of an answer that tell who served, over which medium and at which attempt. */
export const servedBy = (
  { names, media }: Pick<EndpointTable, 'names' | 'media'>,
  endpoint: number,
  attempt: number,
): Record<(typeof SERVED_BY)[number], string> => ({
  'x-starlane-endpoint': names[endpoint]!,
  'x-starlane-medium': media[endpoint]!,
  'x-starlane-attempts': `${attempt}`,
});

/** Their names. */
export const SERVED_BY = ['x-starlane-endpoint', 'x-starlane-medium', 'x-starlane-attempts'] as const;
