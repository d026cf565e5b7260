import type { Made, Zod } from '../../core/config/schema-maker.ts';
import { grpcStatus, statusName } from './grpc-status.ts';

/** What may be retried: neither an answer, nor what the client has ended itself. */
const CODES = Object.values(grpcStatus).filter(
  (code) => code !== grpcStatus.ok && code !== grpcStatus.cancelled && code !== grpcStatus.deadlineExceeded,
);

export const retrySchema = (z: Zod) =>
  z
    .strictObject({
      codes: z
        .array(z.enum(CODES.map(statusName)))
        .max(CODES.length)
        .default(['UNAVAILABLE'])
        .describe('The statuses after which a request is tried again, by the names of gRPC; none for never.'),
      atOnce: z
        .int()
        .min(0)
        .max(4)
        .default(1)
        .describe(
          'So many retries of a request begin at once, because each goes to another endpoint; later ones wait.',
        ),
      baseMs: z
        .number()
        .positive()
        .max(60_000)
        .default(25)
        .describe('How long the first retry that waits does so, times 0.8 to 1.2 by chance.'),
      multiplier: z.number().min(1).max(10).default(2).describe('By how much each wait is longer than the one before.'),
      maxMs: z.number().positive().max(60_000).default(1000).describe('The longest wait, before chance.'),
      budgetTokens: z
        .int()
        .min(0)
        .max(1000)
        .default(100)
        .describe(
          'A failure takes one of so many tokens of the router; at or under the half nothing is tried again. A lost connection takes one for all its requests. 0 for no such budget.',
        ),
      budgetPerSuccess: z
        .number()
        .positive()
        .max(10)
        .default(0.1)
        .describe('So much of a token comes back with each answer.'),
    })
    .describe('When a request that failed before its first token is tried again; `maxAttempts` says how often.');

export type RetrySettings = Made<typeof retrySchema>;
