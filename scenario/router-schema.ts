import { z } from 'zod';
import { nameSchema } from '../core/config/name-schema.ts';
import { overrideOf } from '../core/config/overrides.ts';
import { signalsSchema } from '../router/endpoint/signals-schema.ts';
import { routerSchema } from '../router/schema.ts';
import { variantsSchema } from './variants-schema.ts';

const reachesSchema = z
  .union([
    z.strictObject({ nearest: z.int().min(1).describe('So many nodes, the nearest on the great circle first.') }),
    z.array(nameSchema).min(1).describe('These nodes, by their keys in `nodes`.'),
  ])
  .describe('The nodes that a router knows; it sends requests and health checks to no other. Default: all.');

/** `router:`, where the scenario has one router; beside `routers:` what all of them share. */
export const oneRouterSchema = routerSchema
  .extend({
    site: nameSchema.exactOptional().describe('The site of the router, where there is one. Not beside `routers`.'),
    reaches: reachesSchema.exactOptional(),
    signals: signalsSchema(z)
      .extend({
        delayMs: z
          .number()
          .min(0)
          .max(600_000)
          .default(0)
          .describe(
            'How much later than it comes a load report counts, in milliseconds: for experiments on how old what a policy knows may be. Only simulate plays it.',
          ),
      })
      .prefault({}),
    variants: variantsSchema,
  })
  .describe('The router, what it knows, and how its policies are tuned; beside `routers` what all of them share.');

/** `routers:`, by name. */
export const routersSchema = z
  .record(
    nameSchema,
    z.strictObject({
      site: nameSchema.describe('The site of the router.'),
      serves: z
        .array(nameSchema)
        .min(1)
        .exactOptional()
        .describe(
          'The clients that call it. Clients that no router names call the nearest one: to their PoP, or to their site.',
        ),
      reaches: reachesSchema.exactOptional(),
      policies: overrideOf(routerSchema.shape.policies)
        .exactOptional()
        .describe('Parameters of policies in which it differs from `router.policies`.'),
    }),
  )
  .describe('Several routers by name, over the same nodes. Each learns alone; what they share is in `router`.');
