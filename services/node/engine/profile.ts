import { z } from 'zod';
import { interconnectSchema } from './interconnect.ts';
import { modelShapeSchema } from './model-shape.ts';

/**
 * A device with a model: the duration of its steps, the size of its KV cache, and its power draw.
 *
 * The grade says how accurate it is: A = checked end to end against a real run, B = from measured operators or measured
 * inter-token latency, C = scaled from a datasheet, with an error of +25 to +35 %. Always print it with the profile.
 */
export const profileSchema = z.strictObject({
  id: z.string().min(1).max(80).describe('Device and model: the name used in scenarios.'),
  grade: z.enum(['A', 'B', 'C']).describe('A: checked end to end. B: from measured parts. C: from a datasheet.'),
  source: z.string().min(1).describe('Where the coefficients come from.'),
  step: z.strictObject({
    baseMs: z.number().nonnegative().describe('Launch and host work, for every step.'),
    weightsMs: z.number().positive().describe('Reading the weights once: the minimum of a small batch.'),
    // Without it, the cost of a large batch depends only on its tokens.
    computeBaseMs: z.number().nonnegative().default(0).describe('Fixed part of an arithmetic-bound batch.'),
    tokenUs: z.number().positive().describe('Linear layers, for a token.'),
    contextTokenUs: z.number().nonnegative().describe('Reading the KV cache, for a token of context.'),
    attentionPairNs: z.number().nonnegative().describe('Prefill attention, for a pair of tokens.'),
    sequenceUs: z.number().nonnegative().describe('Sampling and bookkeeping, for a sequence.'),
    collectiveBaseMs: z.number().nonnegative().default(0).describe('Tensor-parallel collectives, for a step.'),
    collectiveTokenUs: z.number().nonnegative().default(0).describe('Tensor-parallel collectives, for a token.'),
  }),
  kvTokens: z.int().min(16).max(1e9).describe('Capacity of the KV cache, in tokens.'),
  devices: z.int().positive().default(1).describe('Devices that share the model, tensor parallel.'),
  model: modelShapeSchema.nullable().default(null).describe('The model, which tensor parallelism divides; or null.'),
  interconnect: interconnectSchema
    .nullable()
    .default(null)
    .describe('Interconnect between several such devices, or null.'),
  power: z
    .strictObject({
      idleW: z.number().nonnegative().describe('Draw when idle with the weights loaded.'),
      smallBatchW: z.number().nonnegative().describe('Draw when decoding about 8 sequences.'),
      maxW: z.number().nonnegative().describe('Highest draw.'),
      source: z.string().describe('Where the figures come from; published ones disagree.'),
    })
    .refine(({ idleW, maxW }) => idleW < maxW, { path: ['maxW'], error: 'expected more than idleW' })
    .refine(({ smallBatchW, maxW }) => smallBatchW <= maxW, { path: ['smallBatchW'], error: 'expected at most maxW' })
    .nullable()
    .default(null)
    .describe('Watts of the whole device group, or null when nothing is published.'),
});

export type Profile = z.output<typeof profileSchema>;

/** A profile as its module writes it: keys with a default may be left out. */
export type ProfileData = z.input<typeof profileSchema>;
