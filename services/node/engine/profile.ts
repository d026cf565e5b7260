import { z } from 'zod';
import { interconnectSchema } from './interconnect.ts';
import { modelShapeSchema } from './model-shape.ts';

/**
 * A device with a model: how long its steps take, how much context it holds, what it draws.
 *
 * The grade says how far to trust it: A = checked end to end against a real run, B = from measured operators or measured
 * inter-token latency, C = scaled from a datasheet, which errs by +25 to +35 %. Print it wherever the profile is.
 */
export const profileSchema = z.strictObject({
  id: z.string().min(1).max(80).describe('Device and model, as a scenario names it.'),
  grade: z.enum(['A', 'B', 'C']).describe('A: checked end to end. B: from measured parts. C: from a datasheet.'),
  source: z.string().min(1).describe('Where the coefficients come from.'),
  step: z.strictObject({
    baseMs: z.number().nonnegative().describe('Launch and host work of every step.'),
    weightsMs: z.number().positive().describe('Reading the weights once: the floor of a small batch.'),
    // A profile without it prices a large batch by its tokens alone.
    computeBaseMs: z.number().nonnegative().default(0).describe('Fixed part of an arithmetic-bound batch.'),
    tokenUs: z.number().positive().describe('Linear layers, a token.'),
    contextTokenUs: z.number().nonnegative().describe('Reading the KV cache, a token of context.'),
    attentionPairNs: z.number().nonnegative().describe('Prefill attention, a pair of tokens.'),
    sequenceUs: z.number().nonnegative().describe('Sampling and bookkeeping, a sequence.'),
    collectiveBaseMs: z.number().nonnegative().default(0).describe('Tensor-parallel collectives, a step.'),
    collectiveTokenUs: z.number().nonnegative().default(0).describe('Tensor-parallel collectives, a token.'),
  }),
  kvTokens: z.int().min(16).max(1e9).describe('Tokens of context the KV cache holds.'),
  devices: z.int().positive().default(1).describe('Devices that share the model, tensor parallel.'),
  model: modelShapeSchema.nullable().default(null).describe('What tensor parallelism divides, or null.'),
  interconnect: interconnectSchema.nullable().default(null).describe('Between several such devices, or null.'),
  power: z
    .strictObject({
      idleW: z.number().nonnegative().describe('Idle, weights loaded.'),
      smallBatchW: z.number().nonnegative().describe('Decoding about 8 sequences.'),
      maxW: z.number().nonnegative().describe('The most it draws.'),
      source: z.string().describe('Where the figures come from; published ones disagree.'),
    })
    .refine(({ idleW, maxW }) => idleW < maxW, { path: ['maxW'], error: 'expected more than idleW' })
    .refine(({ smallBatchW, maxW }) => smallBatchW <= maxW, { path: ['smallBatchW'], error: 'expected at most maxW' })
    .nullable()
    .default(null)
    .describe('Watts of the whole device group, or null where nothing is published.'),
});

export type Profile = z.output<typeof profileSchema>;

/** A profile as its module writes it: what has a default may be left out. */
export type ProfileData = z.input<typeof profileSchema>;
