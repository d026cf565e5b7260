import { z } from 'zod';
import { nameSchema } from '../core/config/name-schema.ts';
import { overrideOf } from '../core/config/overrides.ts';
import { reloadRules } from '../router/reload-rules.ts';
import { routerSchema } from '../router/schema.ts';

type RestartKey = {
  [Key in keyof typeof reloadRules]: (typeof reloadRules)[Key] extends 'restart' ? Key : never;
}[keyof typeof reloadRules];

/** The router's part without what cannot change while it runs, and without `signals`, which a simulation sets up when a run begins. */
const liveShape = Object.fromEntries(
  Object.entries(routerSchema.shape).filter(
    ([key]) => reloadRules[key as keyof typeof reloadRules] !== 'restart' && key !== 'signals',
  ),
) as unknown as Omit<typeof routerSchema.shape, RestartKey | 'signals'>;

/** One step. What belongs together is checked by `checkRollout`, which can say where. */
const stepSchema = z.strictObject({
  atS: z.number().min(0).max(86_400).describe('When, in seconds of the run.'),
  routers: z.array(nameSchema).min(1).exactOptional().describe('Which of several routers. Default: all.'),
  policy: z
    .string()
    .min(1)
    .exactOptional()
    .describe('The policy or variant that they go on with. Default: the one that they have.'),
  router: overrideOf(z.strictObject(liveShape))
    .exactOptional()
    .describe('What of `router` is otherwise from then on, key by key.'),
});

/** `rollout:` of a scenario. */
export const rolloutSchema = z
  .array(stepSchema)
  .min(1)
  .max(100)
  .describe('What routers are told anew while they run, as a reload tells it: to try a change before it is made.');
