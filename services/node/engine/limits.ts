import { z } from 'zod';

/** What bounds a step and the queue before it. The defaults are those of vLLM's V1 engine. */
export const limitsSchema = z.strictObject({
  maxNumSeqs: z.int().positive().default(256).describe('Sequences that run at one time.'),
  maxNumBatchedTokens: z.int().positive().default(2048).describe('Tokens that one step may compute.'),
  // vLLM has no bound and lets a request wait for minutes; four full batches are the most a person would wait for.
  maxWaiting: z.int().nonnegative().default(1024).describe('Requests that may wait; one more is refused.'),
  kvTokens: z
    .int()
    .min(16)
    .optional()
    .describe('Tokens of context the KV cache holds, in place of what the profile says.'),
});

export type Limits = z.output<typeof limitsSchema>;
