import { z } from 'zod';
import type { QueueBound } from './model/link-model.ts';

/** The bound of the queue before a rate, in a scenario file. */
export const queueSchema = z
  .strictObject({
    limitMs: z.number().min(0).max(60_000).exactOptional().describe('How much may wait, in milliseconds at the rate.'),
    limitBytes: z.number().min(0).max(1e9).exactOptional().describe('How much may wait, in bytes.'),
    drop: z
      .enum(['tail', 'front'])
      .default('tail')
      .describe('Which packet is lost when it is full: the one that comes, or the one that has waited longest.'),
  })
  .refine(
    ({ limitMs, limitBytes }) => (limitMs === undefined) !== (limitBytes === undefined),
    'expected one of limitMs and limitBytes',
  )
  .describe('The bound of the queue before the rate, in each direction. Without it nothing is dropped there.');

export type QueueConfig = z.output<typeof queueSchema>;

export const queueBoundOf = ({ limitMs, limitBytes, drop }: QueueConfig): QueueBound =>
  limitMs === undefined ? { limit: limitBytes!, unit: 'bytes', drop } : { limit: limitMs, unit: 'ms', drop };
