import type { z } from 'zod';

/** What makes schemas: zod's `z`. Code that runs by what a schema has checked takes it as an argument, and loads no zod: 9 MiB. */
export type Zod = typeof z;

/** What the schema has checked that a function makes. */
export type Made<Make extends (z: Zod) => z.ZodType> = z.output<ReturnType<Make>>;
