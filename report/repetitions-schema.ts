import { z } from 'zod';

/* The part of `summary.json` that says what runs under several seeds show together. */

const count = z.int().min(0);
const figure = z.number().nullable();

export const intervalSchema = z
  .tuple([z.number(), z.number()])
  .describe('Lower and upper end of an interval that holds the true value with 95 %.');

const differenceSchema = z.strictObject({
  n: count.describe('How many seeds both variants have a whole run of.'),
  missing: count.describe('In how many of them the figure is null on either side.'),
  mean: figure.describe('`variant` minus `against`, over the seeds; null where it is missing in any.'),
  ci95: intervalSchema.nullable().describe('Student’s t over the differences of single seeds.'),
  verdict: z
    .enum(['lower', 'higher', 'none-shown', 'too-few-seeds', 'not-known'])
    .describe('`lower` and `higher`: the interval leaves out 0. No verdict below ten seeds.'),
});

export type MetricDifference = z.output<typeof differenceSchema>;

const differencesSchema = z.strictObject({
  variant: z.string(),
  against: z.string(),
  seeds: z.array(count),
  metrics: z.record(z.string(), differenceSchema).describe('By name, as in `byVariant`; shares differ by shares.'),
});

export type Differences = z.output<typeof differencesSchema>;

const untilSchema = z.strictObject({
  asked: z.string().describe('As on the command line: `ttft.p99:5%,max:20`.'),
  isReached: z.boolean(),
  wide: z.array(z.string()).describe('Which intervals are wider still, one a policy and metric.'),
});

export type UntilOutcome = z.output<typeof untilSchema>;

export const repetitionsSchema = z
  .strictObject({
    asked: z.int().min(1).describe('How many were wanted.'),
    byVariant: z.record(
      z.string(),
      z.strictObject({
        seeds: z.array(count).describe('Of its whole runs: those that were cut short do not count here.'),
        fewestFirstTokens: count
          .nullable()
          .describe(
            'Of any of them: a p99 of fewer than 662, and a p99.9 of fewer than 6,636, says little (MLPerf). Null without a run.',
          ),
        metrics: z
          .record(
            z.string(),
            z.strictObject({
              n: count.describe('How many whole runs there are.'),
              missing: count.describe('In how many of them the figure is null: it fell among censored values.'),
              mean: figure.describe('Over the runs; null where it is missing in any.'),
              ci95: intervalSchema
                .nullable()
                .describe('The interval of Student’s t over the seeds; null for fewer than two runs.'),
            }),
          )
          .describe(
            'By name, such as `ttft.p99` in milliseconds; `attained` and `answered` are shares, `goodput` is a second.',
          ),
      }),
    ),
    until: untilSchema.exactOptional().describe('Where repetitions were to go on until intervals are narrow enough.'),
    differences: z
      .array(differencesSchema)
      .describe('Each pair of variants seed by seed, on the same schedule: the later one minus the earlier one.'),
  })
  .describe('What the runs under several seeds say together; missing where each variant ran under one seed.');

export type Repetitions = z.output<typeof repetitionsSchema>;
