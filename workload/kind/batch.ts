import { z } from 'zod';
import { amountSchema, drawAmount, drawCount } from '../amount.ts';
import { classKeys, type Turn, type WorkloadKind } from './workload-kind.ts';

/**
 * Work that nobody waits for: a job sends many requests at once, with the same instructions before items that differ. Give it a
 * `priority` above 0 and objectives of its own. Where users take turns, a worker sends the requests of a job one after another.
 *
 * All lengths are assumed: summaries of pages of some 1,500 tokens.
 */
const schema = z.strictObject({
  kind: z.literal('batch'),
  ...classKeys,
  requests: amountSchema('Requests of a job.', { min: 1, max: 100_000 }).prefault({ mean: 32, cv: 1 }),
  systemTokens: z
    .int()
    .min(0)
    .max(1e6)
    .default(500)
    .describe('Tokens of instructions that a job begins each prompt with.'),
  itemTokens: amountSchema('Tokens of an item.', { min: 1, max: 1e6 }).prefault({ mean: 1500, cv: 0.7 }),
  outputTokens: amountSchema('Tokens of an answer.', { min: 1, max: 1e6 }).prefault({ mean: 300, cv: 0.5 }),
  thinkS: amountSchema('Seconds from the last answer of a job to the next job of a worker.', {
    min: 0,
    max: 86_400,
  }).prefault(0),
});

export const batch: WorkloadKind<typeof schema> = {
  schema,
  order: 'at-once',
  session(config, { rng, session, maxOutputTokens }) {
    const { systemTokens } = config;
    const prefix = systemTokens === 0 ? [] : [{ key: `${session} instructions`, tokens: systemTokens }];
    const requests = drawCount(config.requests, rng);
    return Array.from(
      { length: requests },
      (_, index): Turn => ({
        pauseMs: index === 0 ? 1000 * drawAmount(config.thinkS, rng) : 0,
        promptTokens: systemTokens + drawCount(config.itemTokens, rng),
        outputTokens: Math.min(drawCount(config.outputTokens, rng), maxOutputTokens),
        prefix,
      }),
    );
  },
};
