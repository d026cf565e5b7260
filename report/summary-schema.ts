import { z } from 'zod';
import { type GroupingName, groupingNames, groupings } from './group/registry.ts';
import { intervalSchema, repetitionsSchema } from './repetitions-schema.ts';

/*
 * The format of `summary.json`. `npm run generate` writes `summary.schema.json` from it, for scripts that read results.
 * A higher number under `schema` means that an old reader cannot read it.
 */

const count = z.int().min(0);
const figure = z.number().nullable();
const share = z.number().min(0).max(1);

const distributionSchema = z
  .strictObject({
    n: count.describe('How many values it is over, censored ones included.'),
    censored: count.describe(
      'How many of them are only known to rank above all that were seen: no first token, or no whole answer.',
    ),
    mean: figure.describe('Null where any value is censored.'),
    p50: figure.describe('This and the other percentiles are null where they fall among the censored values.'),
    p90: figure,
    p95: figure,
    p99: figure,
    p999: figure,
    max: figure.describe('The largest value that was seen: a percentile that is null for censored values is above it.'),
    ci95: z
      .strictObject({ p50: intervalSchema.nullable(), p99: intervalSchema.nullable() })
      .nullable()
      .describe(
        'What this run by itself says of the percentiles of all such runs; null where it is too short to tell.',
      ),
  })
  .meta({
    id: 'distribution',
    description: 'A distribution. Null means that there was nothing to measure, unless the key says otherwise.',
  });

export type Distribution = z.output<typeof distributionSchema>;

const groupSchema = z
  .strictObject({
    requests: count,
    share: share.describe('Of all requests that are in a group, 0 to 1.'),
    answered: count,
    refused: count.default(0).describe('For want of room, at the router or at a node.'),
    attainment: share.nullable().describe('As that of the run.'),
    stalled: share.nullable().describe('As that of the run.'),
    ttftMs: distributionSchema,
    tpotMs: distributionSchema,
    e2eMs: distributionSchema,
  })
  .meta({ id: 'group', description: 'The requests of one group.' });

export type GroupFigures = z.output<typeof groupSchema>;

const groupsSchema = z
  .strictObject(
    Object.fromEntries(
      groupingNames.map((name) => [
        name,
        z.record(z.string(), groupSchema).exactOptional().describe(groupings[name].what),
      ]),
    ) as unknown as Record<GroupingName, z.ZodExactOptional<z.ZodRecord<z.ZodString, typeof groupSchema>>>,
  )
  .describe(
    'The same requests in groups: a grouping that the log does not know is left out, and of more than 500 groups the smaller ones are `(others)`.',
  );

const regretSchema = distributionSchema.extend({
  meanCi95: intervalSchema
    .nullable()
    .describe('What this run by itself says of the mean; null where it is too short to tell.'),
  unpaired: count.describe('Requests without that token under the bound: they count nowhere here.'),
  soonerShare: share.nullable().describe('Requests that had that token before the bound had it.'),
});

export type Regret = z.output<typeof regretSchema>;

const missedRegretSchema = z.strictObject({
  n: count.describe('Requests of which it is known under both whether they missed an objective.'),
  missedShare: share.nullable().describe('Of them, those that missed one.'),
  mean: z.number().nullable().describe('The same minus that under the bound.'),
  meanCi95: intervalSchema
    .nullable()
    .describe('What this run by itself says of it; null where it is too short to tell.'),
  keptShare: share.nullable().describe('Requests that kept to their objectives, and would not under the bound.'),
});

export type MissedRegret = z.output<typeof missedRegretSchema>;

const probeErrorSchema = distributionSchema.extend({
  jitterMs: z
    .number()
    .describe('Mean half-width of the jitter that the plan cannot predict: errors up to it are as planned.'),
});

export type ProbeErrors = z.output<typeof probeErrorSchema>;

const waitsSchema = z.strictObject({
  waited: count.describe('Waited at a router for a place, and got one.'),
  share: share.describe('Of all requests.'),
  waitMs: distributionSchema.describe('How long those waited; censored: those that waited in vain.'),
  shed: count.describe('Refused by a router because its queue was full, or needed for others.'),
  timedOut: count.describe('Refused by a router because they had waited for as long as they may.'),
  gone: count.describe('Their client left, or their deadline passed, while they waited.'),
});

export type WaitFigures = z.output<typeof waitsSchema>;

const extraSchema = z.strictObject({
  begun: count,
  answered: count.describe('Of those, the ones that gave the answer that their client got.'),
});

const energyFiguresSchema = z.strictObject({
  joules: z.number(),
  meanW: figure,
  outputTokens: count,
  jPerOutputToken: figure.describe('All energy, that of prompts and of idling included, over the tokens of answers.'),
  usd: figure,
  usdPerMillionTokens: figure,
  answers: count.describe('Answers that the nodes gave, also in the warm-up.'),
  usdPerAnswer: figure.describe('All money, that of idling included, over these answers.'),
  gCo2: figure,
  gCo2PerMillionTokens: figure,
  cappedShare: z.number().describe('Of the time in which it computed: under any cap.'),
  throttledShare: z.number().describe('Of the time in which it computed: because it was too hot.'),
  outShare: z.number().describe('Of all time: without power.'),
  maxTempC: figure,
  leastBatteryShare: figure.describe('The lowest reading of any battery, 0 to 1.'),
});

export type EnergyFigures = z.output<typeof energyFiguresSchema>;

const energySchema = z.strictObject({
  overall: energyFiguresSchema,
  byProvider: z
    .record(z.string(), energyFiguresSchema)
    .describe('By who owns the nodes; empty where the log does not say it.'),
  byNode: z.record(z.string(), energyFiguresSchema),
});

export type EnergySummary = z.output<typeof energySchema>;

const figuresSchema = z
  .strictObject({
    measuredMs: z
      .number()
      .min(0)
      .describe('The time that requests were sent and measured for: warm-up excluded, as far as the run came.'),
    requests: count.describe('Intended in that time; the seven outcomes add up to it.'),
    answered: count,
    failed: count,
    refused: count,
    cancelled: count,
    dropped: count.describe('Never sent, because too many were in flight.'),
    open: count.describe('Still open when the run came to its end.'),
    interrupted: count
      .default(0)
      .describe(
        'Still open when somebody stopped the run early, or a full disk did: no failures. Counted as `open` in older results.',
      ),
    retried: count.describe('Tried more than once by a router.'),
    extraAttempts: z
      .record(z.string(), extraSchema)
      .default({})
      .describe('Attempts of routers beyond the first of a request, by why they began; empty in older results.'),
    clientRetries: count
      .default(0)
      .describe(
        'How often clients sent a request again by themselves: each is one request, and is counted once above.',
      ),
    ttftMs: distributionSchema.describe(
      'First token minus the intended start, over all requests; censored: no first token.',
    ),
    ttftFromSendMs: distributionSchema.describe('First token minus the moment of sending, over the same requests.'),
    tpotMs: distributionSchema.describe(
      '(last token - first token)/(tokens - 1), over answers of two tokens or more; censored: started, but not answered.',
    ),
    e2eMs: distributionSchema.describe(
      'Last token minus the intended start, over all requests; censored: not answered.',
    ),
    e2eFromSendMs: distributionSchema.describe('Last token minus the moment of sending, over the same requests.'),
    itlMs: distributionSchema
      .nullable()
      .default(null)
      .describe(
        'Raw gaps between messages with content of all answers, to a part in 1024; null where nobody logged them.',
      ),
    stalled: share
      .nullable()
      .default(null)
      .describe('Answers with a gap above `slo.stallMs`, over all answers; null where nobody logged gaps.'),
    waits: waitsSchema
      .nullable()
      .default(null)
      .describe('Requests that found every endpoint of their router full; null where none did.'),
    queueMs: distributionSchema.describe(
      'From arrival at a node to the first scheduled chunk, over attempts that the node took; censored: never scheduled.',
    ),
    serviceMs: distributionSchema.describe(
      'From the first scheduled chunk to the end of the answer, over attempts; censored: not answered by the node.',
    ),
    offeredPerS: figure,
    answeredPerS: figure,
    goodputPerS: figure.describe('Requests that met every objective, per second of the measured time.'),
    attainment: share
      .nullable()
      .describe(
        'Requests that met every objective, over all that were offered, without interrupted ones that could still have met them.',
      ),
    by: groupsSchema,
    delayErrorMs: distributionSchema.describe(
      'One-way delay from router to node of each attempt whose prompt fits one window of TCP, realised minus planned, outside outages.',
    ),
    probeErrorMs: probeErrorSchema.describe(
      'Round trips of the probes that crossed the paths beside the load, realised minus planned, outside outages.',
    ),
    probeErrorMsByPath: z.record(z.string(), probeErrorSchema),
    neverUp: z.array(z.string()).describe('Paths on which nothing ever passed in the whole run.'),
    saturation: z
      .strictObject({
        inFlight: z
          .tuple([z.number(), z.number()])
          .describe('At the end of the first tenth of the measured time, and at its end.'),
        ttftMs: z
          .tuple([z.number(), z.number()])
          .describe('The mean of the first tokens that came in the first tenth, and in the last.'),
      })
      .nullable()
      .describe(
        'That both grew all through the run, to twice as much: longer runs have larger figures. Null where they did not.',
      ),
    regret: z
      .record(z.string(), regretSchema)
      .default({})
      .describe(
        'TTFT minus that of each bound on it that ran on the same schedule, request by request; none for a bound itself.',
      ),
    regretE2e: z.record(z.string(), regretSchema).default({}).describe('The same of E2E, against the bounds on that.'),
    regretMissed: z
      .record(z.string(), missedRegretSchema)
      .default({})
      .describe(
        'The same of missed objectives. `floor` takes a request for missed where no policy could keep to them.',
      ),
    energy: energySchema.nullable().describe('Of the whole run, warm-up included; null where no node was metered.'),
    generator: z
      .strictObject({
        processes: z.int().min(1).default(1).describe('How many processes reported on themselves.'),
        transport: z.string().nullable().default(null).describe('What carried the calls; null in older results.'),
        lagP50Ms: z.number().describe('How much later than intended requests were sent.'),
        lagP99Ms: z.number(),
        eventLoopP99Ms: z.number().describe('How long the event loop waited for its turn.'),
        busyShare: figure.default(null).describe('Of its time in which the event loop did not rest, 0 to 1.'),
        cpuMs: z.number().describe('Processor time of all processes.'),
        taxP50Ms: figure
          .default(null)
          .describe(
            'What the client itself adds: time to first message of calls to a server that does nothing, before the run. Null where it was not measured.',
          ),
        taxP99Ms: figure.default(null),
      })
      .nullable()
      .describe('How well the load generator kept its times, by its worst process; null in virtual time.'),
    invalidBecause: z
      .array(z.strictObject({ figure: z.string(), errorMs: z.number(), reason: z.string() }))
      .describe(
        'Single figures that must not be used, such as `ttftMs.p99`: the timing error measured beside them is too large.',
      ),
  })
  .describe('Times in milliseconds of scenario time.');

export type RunFigures = z.output<typeof figuresSchema>;

const objectivesSchema = z.strictObject({ ttftMs: z.number(), tpotMs: z.number() });

const runKeySchema = z
  .strictObject({
    variant: z.string(),
    policy: z.string(),
    params: z.record(z.string(), z.unknown()),
    seed: count,
    repetition: z.int().min(1),
    overrides: z.record(z.string(), z.unknown()),
  })
  .describe('What identifies the run.');

const changedValue = z
  .union([z.string(), z.number(), z.boolean()])
  .nullable()
  .describe('Null for nothing; lists and objects as JSON.');

const runResultSchema = z.strictObject({
  key: runKeySchema,
  conditions: z
    .strictObject({
      hash: z.string().describe('SHA-256 of the scenario as it was run, after overrides: `scenario.resolved.yaml`.'),
      shaper: z.string(),
      dataPath: z
        .string()
        .nullable()
        .default(null)
        .describe('What carried the bytes of the live router; null in a simulation.'),
      ratePerS: z.number(),
      durationMs: z.number(),
      warmUpMs: z.number(),
      knowledge: z.record(z.string(), z.unknown()),
      slo: objectivesSchema.extend({
        stallMs: z.number().exactOptional(),
        byClass: z
          .record(z.string(), objectivesSchema)
          .exactOptional()
          .describe('Of requests of a class with its own.'),
      }),
    })
    .describe('What the scenario says of this run, and what delayed its bytes.'),
  valid: z.boolean(),
  partial: z
    .boolean()
    .default(false)
    .describe(
      'Whether the run was stopped before its end, or a part of its log is missing: figures are of what there is.',
    ),
  invalidBecause: z.array(z.string()).describe('Why the figures must not be used; empty when they may.'),
  notes: z.array(z.string()).describe('What to keep in mind when using them.'),
  reloads: z
    .array(
      z.strictObject({
        atMs: z.number(),
        router: z.string().nullable().describe('Null where the scenario has one.'),
        changes: z.array(z.strictObject({ key: z.string(), from: changedValue, to: changedValue })),
      }),
    )
    .exactOptional()
    .describe('That routers went on with another configuration while they ran; left out where none did.'),
  figures: figuresSchema,
});

export type RunResult = z.output<typeof runResultSchema>;

export const summarySchema = z.strictObject({
  schema: z.literal(4),
  valid: z.boolean().describe('Whether every run is valid.'),
  invalidBecause: z.array(z.string()).describe('The reasons of all runs, each after the name of its variant.'),
  scenario: z.strictObject({
    name: z.string(),
    fileHash: z.string().describe('SHA-256 of the scenario’s file and of those that it names.'),
  }),
  host: z.enum(['simulate', 'local', 'compose']),
  shaper: z.string().describe('What delayed the bytes.'),
  constellation: z.string(),
  profiles: z.record(z.string(), z.string()).describe('What each node is, with the grade of its profile.'),
  commit: z.string().nullable().describe('Of the code, with a + where files differed from it; null where unknown.'),
  machine: z.string(),
  runs: z.array(runResultSchema).min(1),
  missingRuns: z
    .int()
    .min(1)
    .optional()
    .describe('How many runs were wanted and did not begin; not there where all did.'),
  repetitions: repetitionsSchema.optional(),
});

export type Summary = z.output<typeof summarySchema>;
