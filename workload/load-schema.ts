import { z } from 'zod';
import { nameSchema } from '../core/config/name-schema.ts';
import { arrivalsSchema } from './arrivals/registry.ts';
import { BUNDLED_TRACES, isBundledTrace } from './bundled-traces.ts';
import { classSchema } from './kind/registry.ts';
import { nominalRatePerS } from './nominal-rate.ts';
import { traceWindowSchema } from './trace/trace-window.ts';

/** The rate of a load that states none, until its trace is read: see `ownRatePerS`. */
export const RATE_OF_TRACE = 0;

const LOAD_TRANSPORTS = ['frames', 'grpc-js'] as const;

const keys = z.strictObject({
  ratePerS: z
    .number()
    .positive()
    .max(1_000_000)
    .optional()
    .describe(
      'Mean rate of requests over all clients, per second. Without it the trace is played at its own times, or its mean rate is that of classes. Beside `users` it has no meaning: their answers make their rate.',
    )
    .transform((ratePerS) => ratePerS ?? RATE_OF_TRACE),
  users: z
    .int()
    .positive()
    .max(1_000_000)
    .exactOptional()
    .describe(
      'A closed loop: so many users, each of whom waits for its answer, thinks, and asks again. `arrivals` and `ratePerS` have no meaning then.',
    ),
  classes: z
    .record(nameSchema, classSchema)
    .refine((classes) => Object.keys(classes).length > 0, 'expected at least one class')
    .exactOptional()
    .describe(
      'Kinds of requests by name, mixed by `share`. Default: requests with the lengths of the trace, each on its own.',
    ),
  turns: z
    .enum(['at-fixed-times', 'after-answers'])
    .exactOptional()
    .describe(
      'When the turns of a session that has arrived follow: at times that are known up front, as if each answer just met its objectives, or after the answers. Default: at-fixed-times.',
    ),
  arrivals: arrivalsSchema
    .default('trace')
    .describe(
      '`trace` keeps the gaps of the trace, scaled to the rate; `poisson` draws them; `constant` spaces them evenly; others are objects, with their keys: gamma, mmpp, diurnal, ramp.',
    ),
  trace: z
    .union([
      z
        .string()
        .max(400)
        .refine(
          (trace) => /\.(csv|jsonl?)(\.gz)?$/i.test(trace) || isBundledTrace(trace),
          `expected ${BUNDLED_TRACES.join(', ')}, or a path that ends in .csv, .jsonl or .json`,
        ),
      traceWindowSchema,
    ])
    .default('azure-llm-2023-conversation')
    .describe(
      'Where lengths, and arrivals if so chosen, come from: a bundled trace or a path beside the scenario, ending in .csv, .jsonl or .json; or a map with a window.',
    ),
  maxOutputTokens: z
    .int()
    .positive()
    .max(1_000_000)
    .default(1024)
    .describe('The bound every request states; longer answers of the trace are cut to it.'),
  deadlineS: z
    .number()
    .positive()
    .max(3600)
    .default(60)
    .describe('Each request is given up this long after it was sent.'),
  maxInFlight: z
    .int()
    .positive()
    .max(1_000_000)
    .default(4096)
    .describe('Requests in flight beyond which one is dropped and counted so, never delayed in silence.'),
  transport: z
    .enum(LOAD_TRANSPORTS)
    .default('frames')
    .describe(
      'What carries the calls of clients in a live run: `frames` is the frame engine of the router, `grpc-js` the library @grpc/grpc-js, which takes about twice the processor time and falls behind first.',
    ),
  processes: z
    .int()
    .min(1)
    .max(64)
    .default(1)
    .describe(
      'How many processes send the load of a live run on this machine; in containers it is one. A client is in one of them, with its one connection, so there can be as many as clients.',
    ),
  retries: z
    .strictObject({
      attempts: z.int().min(2).max(10).describe('How often a request is sent at most, the first time included.'),
      backoffMs: z
        .number()
        .min(0)
        .max(600_000)
        .default(1000)
        .describe('How long the client waits before the second time; twice as long before each further one.'),
    })
    .nullable()
    .default(null)
    .describe(
      'Clients send a request again that ended with UNAVAILABLE or RESOURCE_EXHAUSTED before its first token. Latency counts from the intended start of the first time. Default: they do not.',
    ),
});

/** The requests to the nodes, and their times. */
export const loadSchema = keys
  .superRefine((load, context) => {
    const say = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
    if (load.turns !== undefined && load.users !== undefined)
      say('turns', 'no such key beside users, who always wait for answers');
    if (load.turns !== undefined && load.classes === undefined)
      say('turns', 'classes beside it: without them no request has turns');
  })
  .transform((load) =>
    load.users === undefined ? load : { ...load, ratePerS: nominalRatePerS({ ...load, users: load.users }) },
  );

/** What can carry the calls of clients. */
export type LoadTransportName = (typeof LOAD_TRANSPORTS)[number];

export type LoadConfig = z.output<typeof loadSchema>;
