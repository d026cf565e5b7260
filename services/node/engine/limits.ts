import { z } from 'zod';

/** Limits of a step and of the queue, and the order of the queue. The defaults are those of vLLM's V1 engine. */
export const limitsSchema = z.strictObject({
  maxNumSeqs: z.int().positive().max(65_536).default(256).describe('Sequences that run at the same time.'),
  maxNumBatchedTokens: z.int().positive().default(2048).describe('Tokens that one step may compute.'),
  // vLLM has no limit and lets a request wait for minutes. A user would not wait for more than four full batches.
  maxWaiting: z.int().nonnegative().default(1024).describe('Requests that may wait; one more is refused.'),
  kvTokens: z
    .int()
    .min(16)
    .max(1e9)
    .optional()
    .describe('Capacity of the KV cache in tokens, instead of the one in the profile.'),
  order: z
    .enum(['arrival', 'priority'])
    .default('arrival')
    .describe('Which request is admitted first. With `priority`, a request with a high value may wait for ever.'),
  prefixCaching: z.boolean().default(true).describe('Whether a prompt uses cached blocks of its prefix.'),
  asyncScheduling: z
    .boolean()
    .default(true)
    .describe(
      'Whether a step is planned while the one before it runs. A request that arrives then waits for one step more.',
    ),
});

export type Limits = z.output<typeof limitsSchema>;
