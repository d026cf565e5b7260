import { z } from 'zod';
import { intervalSchema } from '../repetitions-schema.ts';

/* What a report reads of `sweep.json` and `capacity.json`: keys that it does not need may be there too. */

const metricsSchema = z.record(
  z.string(),
  z.object({ missing: z.int().min(0), mean: z.number().nullable(), ci95: intervalSchema.nullable() }),
);

export const sweepSchema = z.object({
  schema: z.literal(1),
  partial: z.boolean(),
  points: z.int().min(1).describe('How many were asked for.'),
  done: z.int().min(0),
  rows: z
    .array(
      z.object({
        values: z.record(z.string(), z.string()).describe('What varies, as YAML, by path.'),
        policy: z.string(),
        valid: z.boolean(),
        repetitions: z.object({
          seeds: z.array(z.int()),
          fewestFirstTokens: z.int().nullable().default(null),
          metrics: metricsSchema,
        }),
      }),
    )
    .min(1),
});

export type Sweep = z.output<typeof sweepSchema>;

const rate = z.number().nullable();

export const capacitySchema = z.object({
  schema: z.literal(1),
  partial: z.boolean(),
  slo: z.array(z.string()).describe('As on the command line: `ttft.p99:800ms`.'),
  repeat: z.int().min(1),
  capacities: z.array(
    z.object({ policy: z.string(), ratePerS: rate, missedAtPerS: rate, sureFromPerS: rate, sureToPerS: rate }),
  ),
  trials: z
    .array(z.object({ policy: z.string(), ratePerS: z.number(), metrics: metricsSchema, isMet: z.boolean() }))
    .min(1),
});

export type CapacityStudy = z.output<typeof capacitySchema>;
