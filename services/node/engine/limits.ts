import { z } from 'zod';

/** What bounds a step and the queue before it, and in which order. The defaults are those of vLLM's V1 engine. */
export const limitsSchema = z.strictObject({
  maxNumSeqs: z.int().positive().max(65_536).default(256).describe('Sequences that run at one time.'),
  maxNumBatchedTokens: z.int().positive().default(2048).describe('Tokens that one step may compute.'),
  // vLLM has no bound and lets a request wait for minutes; four full batches are the most a person would wait for.
  maxWaiting: z.int().nonnegative().default(1024).describe('Requests that may wait; one more is refused.'),
  kvTokens: z
    .int()
    .min(16)
    .max(1e9)
    .optional()
    .describe('Tokens of context the KV cache holds, in place of what the profile says.'),
  order: z
    .enum(['arrival', 'priority'])
    .default('arrival')
    .describe('Who is admitted first; `priority` may let a high value wait for ever.'),
  prefixCaching: z.boolean().default(true).describe('Whether a prompt uses blocks that hold its beginning already.'),
  asyncScheduling: z
    .boolean()
    .default(true)
    .describe('Whether a step is planned while the one before it computes: a request that comes then is in the next.'),
});

export type Limits = z.output<typeof limitsSchema>;
