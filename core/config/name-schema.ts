import { z } from 'zod';

/** What sites, routers, clients and nodes may be called. */
export const nameSchema = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'Use lower-case letters, digits and single hyphens')
  .max(40);
