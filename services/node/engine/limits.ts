import { z } from 'zod';
import type { Profile } from './profile.ts';

/** Limits of a step and of the queue, and the order of the queue. What is left out is the default of vLLM's V1 engine. */
export const limitsSchema = z.strictObject({
  maxNumSeqs: z
    .int()
    .positive()
    .max(65_536)
    .optional()
    .describe('Sequences that run at the same time, instead of those of the profile.'),
  maxNumBatchedTokens: z
    .int()
    .positive()
    .max(1e9)
    .optional()
    .describe('Tokens that one step may compute, instead of those of the profile.'),
  maxModelLen: z
    .int()
    .positive()
    .max(1e9)
    .optional()
    .describe('Tokens of a prompt with its longest answer, instead of what the model of the profile takes.'),
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

/** Limits as they are configured: those of the profile hold where a field is left out. */
export type LimitsConfig = z.output<typeof limitsSchema>;

/** The limits of one engine. */
export interface Limits extends LimitsConfig {
  readonly maxNumSeqs: number;
  readonly maxNumBatchedTokens: number;
}

/** The limits of an engine with that profile. */
export const limitsOf = (config: LimitsConfig, { server, maxModelLen }: Profile): Limits => ({
  ...config,
  maxNumSeqs: config.maxNumSeqs ?? server.maxNumSeqs,
  maxNumBatchedTokens: config.maxNumBatchedTokens ?? server.maxNumBatchedTokens,
  ...(config.maxModelLen === undefined && maxModelLen !== null ? { maxModelLen } : {}),
});
