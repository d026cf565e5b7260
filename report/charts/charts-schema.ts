import { z } from 'zod';

/*
 * The format of `charts.json`: what the charts of a report need beside `summary.json`, of a bounded size for any number of requests. Times
 * are seconds of the run, latencies milliseconds.
 */

const count = z.int().min(0);
const figure = z.number().nullable();

const binSchema = z.strictObject({
  n: count.describe('Requests that were intended in this stretch of time.'),
  p50: figure.describe('Of the time to first token; null where it falls on requests without one.'),
  p95: figure,
  routed: z.array(count).describe('Requests by endpoint, in the order of `endpoints`.'),
});

const runChartsSchema = z.strictObject({
  variant: z.string(),
  seed: count,
  ttft: z.array(figure).describe('Percentiles at the places of `TAIL`; null where requests have none or are too few.'),
  timeline: z
    .strictObject({
      stepS: z.number().min(0).describe('Length of a bin.'),
      fromS: z
        .number()
        .max(0)
        .default(0)
        .describe('When the first bin begins: before the run where bins lie at the slots of the constellation.'),
      slotsFromS: z
        .number()
        .nullable()
        .default(null)
        .describe(
          'When the first slot of the constellation begins in the run; one follows each 15 s. Null where the log does not say it.',
        ),
      endpoints: z
        .array(z.string())
        .describe('The busiest ones; all others are together in the last one, which is "".'),
      bins: z.array(binSchema),
      faults: z.array(z.strictObject({ what: z.string(), fromS: z.number(), untilS: figure })),
      reloads: z
        .array(z.strictObject({ what: z.string(), atS: z.number() }))
        .default([])
        .describe('When routers went on with another configuration.'),
      outages: z.array(z.strictObject({ path: z.string(), fromS: z.number(), untilS: z.number() })),
      handOvers: z.array(z.strictObject({ path: z.string(), atS: z.number(), jumpMs: z.number() })),
    })
    .nullable()
    .describe('Null for a repetition after the first.'),
});

export type RunCharts = z.output<typeof runChartsSchema>;

/** From when to when a bin of a timeline is of the run, in seconds. */
export const binSpan = ({ fromS, stepS }: Timeline, bin: number): readonly [number, number] => [
  Math.max(0, fromS + bin * stepS),
  fromS + (bin + 1) * stepS,
];

export type Timeline = NonNullable<RunCharts['timeline']>;

export const chartsSchema = z.strictObject({ schema: z.literal(1), runs: z.array(runChartsSchema) });
