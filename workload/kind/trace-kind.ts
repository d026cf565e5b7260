import { z } from 'zod';
import { amountSchema, drawAmount } from '../amount.ts';
import { classKeys, type WorkloadKind } from './workload-kind.ts';

/** Requests with the lengths of `load.trace`, row after row, each on its own; they share what the trace tells of blocks. The pause is assumed. */
const schema = z.strictObject({
  kind: z.literal('trace'),
  ...classKeys,
  thinkS: amountSchema('Seconds from the end of an answer to the next request of a user.', {
    min: 0,
    max: 86_400,
  }).prefault({ mean: 10, cv: 1 }),
});

export const traceKind: WorkloadKind<typeof schema> = {
  schema,
  order: 'alone',
  session({ thinkS }, { rng, traceRow, maxOutputTokens }) {
    const { promptTokens, outputTokens, prefix } = traceRow();
    return [
      {
        pauseMs: 1000 * drawAmount(thinkS, rng),
        promptTokens,
        outputTokens: Math.min(outputTokens, maxOutputTokens),
        prefix,
      },
    ];
  },
};
