import { z } from 'zod';
import { interconnectSchema } from './interconnect.ts';
import { modelShapeSchema } from './model-shape.ts';
import { otherDevice, serverDefaultsSchema } from './server-defaults.ts';

const expertsSchema = z
  .strictObject({
    total: z.int().positive().max(65_536).describe('Experts of a layer.'),
    local: z.int().positive().max(65_536).describe('Experts of a layer on one device.'),
    perToken: z.int().positive().max(65_536).describe('Experts that one token uses.'),
    readMs: z.number().positive().describe('Reading one expert of every layer.'),
    tokenUs: z.number().nonnegative().describe('Arithmetic of the experts, for a token of the group.'),
  })
  .refine(({ total, local }) => local <= total, { path: ['local'], error: 'expected at most total' })
  .refine(({ total, perToken }) => perToken < total, { path: ['perToken'], error: 'expected less than total' });

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
  bandPercent: z
    .number()
    .positive()
    .max(100)
    .optional()
    .describe('How far its times may be from those of a real server. Left out: 5 for grade A, 10 for B, 35 for C.'),
  step: z.strictObject({
    baseMs: z.number().nonnegative().describe('Launch and host work, for every step.'),
    weightsMs: z.number().positive().describe('Reading the weights once: the minimum of a small batch.'),
    weightsTokenUs: z
      .number()
      .nonnegative()
      .default(0)
      .describe('Linear layers while the weights limit them, for a token.'),
    // Without it, the cost of a large batch depends only on its tokens.
    computeBaseMs: z.number().nonnegative().default(0).describe('Fixed part of an arithmetic-bound batch.'),
    tokenUs: z.number().positive().describe('Linear layers, for a token.'),
    contextTokenUs: z.number().nonnegative().describe('Reading the KV cache, for a token of context.'),
    contextSkew: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe('Share of the time that shorter contexts would take if they were as long as the longest.'),
    attentionPairNs: z.number().nonnegative().describe('Prefill attention, for a pair of tokens.'),
    sequenceUs: z.number().nonnegative().describe('Sampling and bookkeeping, for a sequence.'),
    mixedContextTokenUs: z
      .number()
      .nonnegative()
      .optional()
      .describe('Reading the KV cache in a step with a prefill; left out: as in other steps.'),
    mixedDecodeUs: z.number().nonnegative().default(0).describe('Attention of a decode beside a prefill.'),
    mixedPaddingNs: z
      .number()
      .nonnegative()
      .default(0)
      .describe('The same, for each token of the longest prefill chunk.'),
    experts: expertsSchema.nullable().default(null).describe('Routed experts, or null for a dense model.'),
    collectiveBaseMs: z.number().nonnegative().default(0).describe('Collectives between devices, for a step.'),
    collectiveTokenUs: z.number().nonnegative().default(0).describe('Collectives between devices, for a token.'),
  }),
  kvTokens: z.int().min(16).max(1e9).describe('Capacity of the KV cache, in tokens; of one replica.'),
  maxModelLen: z
    .int()
    .positive()
    .max(1e9)
    .nullable()
    .default(null)
    .describe('Tokens of a prompt with its longest answer that the model takes, or null for no limit but the cache.'),
  server: serverDefaultsSchema.default(otherDevice).describe('What its server allows a step by default.'),
  devices: z.int().positive().default(1).describe('All its devices.'),
  replicas: z
    .int()
    .positive()
    .max(64)
    .default(1)
    .describe(
      'Replicas that serve requests side by side, each with its own KV cache. With experts they share those out, and step together.',
    ),
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

/** How far its times may be from those of a real server, in per cent. */
export const bandPercentOf = ({ grade, bandPercent }: Pick<Profile, 'grade' | 'bandPercent'>): number =>
  bandPercent ?? { A: 5, B: 10, C: 35 }[grade];
