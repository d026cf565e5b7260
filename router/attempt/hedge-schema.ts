import type { Made, Zod } from '../../core/config/schema-maker.ts';

export const hedgeSchema = (z: Zod) =>
  z
    .strictObject({
      after: z
        .union([
          z.literal('never'),
          z.strictObject({
            percentile: z
              .number()
              .gt(0)
              .lt(100)
              .describe('Of the times to the first message that the class of the request had.'),
          }),
          z.strictObject({ ms: z.number().positive().max(600_000).describe('The same for all, in milliseconds.') }),
        ])
        .default('never')
        .describe('How long the first message of an attempt may take until a second attempt begins beside it.'),
      boundaryMs: z
        .number()
        .min(0)
        .max(60_000)
        .default(0)
        .describe(
          'Begins the second attempt at once where the path of the first may change within so many milliseconds, as far as the forecast knows; 0 for never.',
        ),
      disjoint: z
        .enum(['medium', 'node', 'any'])
        .default('medium')
        .describe('Where the second goes: over another medium, to another node, or to any other endpoint.'),
      maxShare: z
        .number()
        .gt(0)
        .max(1)
        .default(0.05)
        .describe(
          'Of all requests, the largest share that may have a second attempt; the budget of retries counts too.',
        ),
    })
    .describe(
      'A second attempt beside one that takes long: the first message of either counts, and the other is cancelled. Counts among `maxAttempts`.',
    );

export type HedgeSettings = Made<typeof hedgeSchema>;

export const isHedgeOn = ({ after, boundaryMs }: HedgeSettings): boolean => after !== 'never' || boundaryMs > 0;
