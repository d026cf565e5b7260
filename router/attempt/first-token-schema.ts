import type { Made, Zod } from '../../core/config/schema-maker.ts';

export const firstTokenSchema = (z: Zod) =>
  z
    .union([
      z.literal('never'),
      z.strictObject({ ms: z.number().positive().max(600_000).describe('The same for all, in milliseconds.') }),
      z.strictObject({
        timesPredicted: z
          .number()
          .min(1)
          .max(100)
          .describe(
            'So many times what the policy predicted; never under a policy that predicts nothing: of those for live routers ephemeris alone does.',
          ),
        leastMs: z.number().positive().max(600_000).default(500).describe('But never less, in milliseconds.'),
      }),
    ])
    .default('never')
    .describe(
      'How long an attempt may take to its first message until it is given up for another endpoint. Counts among `maxAttempts`, and on the budget of retries.',
    );

export type FirstTokenTimeout = Made<typeof firstTokenSchema>;
