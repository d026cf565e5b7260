import { z } from 'zod';
import { limitsSchema } from './engine/limits.ts';
import { profiles } from './engine/profiles.ts';
import { noiseSchema } from './engine/step-noise.ts';

/** What a scenario says of a node, but for where it is and how it is reached. */
export const nodeSchema = z.strictObject({
  profile: z.enum([...profiles.keys()]).describe('Device and model: how long steps take, how much context fits.'),
  provider: z.string().min(1).default('own').describe('Who owns the node.'),
  // What the API of vLLM costs before its engine sees a request; a lean server needs 0 to 2 ms.
  ingestMs: z.number().nonnegative().default(15.6).describe('From the last byte of a request to the waiting queue.'),
  limits: limitsSchema.prefault({}).describe('What bounds a step, the queue and the cache.'),
  noise: noiseSchema.prefault({}).describe('How far steps stray from the formula.'),
});

export type NodeConfig = z.output<typeof nodeSchema>;
