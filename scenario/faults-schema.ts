import { z } from 'zod';
import { nameSchema } from '../core/config/name-schema.ts';
import { nodeFaultKinds } from '../services/node/control/fault-order.ts';
import { faultPermissionSchema } from '../services/node/control/schema.ts';

/** One fault of a timeline. What belongs together is checked by `checkFaults`, which can say where. */
const plannedFaultSchema = z.strictObject({
  atS: z.number().min(0).max(86_400).describe('When it begins, in seconds of the run.'),
  forS: z
    .number()
    .positive()
    .max(3600)
    .optional()
    .describe('How long it lasts. Not for goaway, crash, drain and restart.'),
  node: z.string().min(1).optional().describe('The node that it happens to.'),
  path: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The path that it happens to: `node/medium` (`router/node/medium` with several routers), or `client/access` for a blackhole.',
    ),
  router: z
    .union([z.literal(true), nameSchema])
    .optional()
    .describe('Given where it happens to a router: its name, or true for every router.'),
  kind: z
    .enum([...nodeFaultKinds, 'down', 'restart'])
    .describe(
      'Of a node: fail to drain. Of a path: down (connections are reset) or blackhole. Of the router: restart.',
    ),
  share: z.number().positive().max(1).optional().describe('fail: the share of requests. Default: 1.'),
  code: z.int().min(1).max(16).optional().describe('fail: the gRPC status code. Default: 14, UNAVAILABLE.'),
  factor: z.number().min(1).max(1000).optional().describe('slow: steps take this many times as long. Default: 5.'),
  watts: z.number().min(1).max(1e6).optional().describe('power-cap: what the devices may draw. It has no default.'),
});

/** Who may cause faults, and which happen by themselves. */
export const faultsSchema = faultPermissionSchema.extend({
  timeline: z.array(plannedFaultSchema).max(1000).default([]).describe('Faults that each run has.'),
});

export type PlannedFault = z.output<typeof plannedFaultSchema>;
