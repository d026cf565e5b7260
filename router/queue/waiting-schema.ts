import type { Made, Zod } from '../../core/config/schema-maker.ts';

export const waitingSchema = (z: Zod) =>
  z
    .strictObject({
      size: z
        .int()
        .nonnegative()
        .max(1_000_000)
        .default(0)
        .describe('How many requests may wait, for each model; 0 for none: then they are refused at once.'),
      timeoutMs: z
        .int()
        .positive()
        .max(3_600_000)
        .default(5000)
        .describe('How long a request waits at most, in milliseconds; then it ends with RESOURCE_EXHAUSTED.'),
      quantumTokens: z
        .int()
        .positive()
        .max(1_000_000)
        .default(1024)
        .describe('How many tokens of prompts a tenant sends in its turn, where several wait at one priority.'),
    })
    .describe('Requests wait here while every endpoint has as many as it may have.');

export type WaitingSettings = Made<typeof waitingSchema>;
