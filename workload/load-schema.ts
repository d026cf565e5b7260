import { z } from 'zod';
import { arrivalsSchema } from './arrivals/registry.ts';
import { BUNDLED_TRACES, isBundledTrace } from './bundled-traces.ts';
import { traceWindowSchema } from './trace/trace-window.ts';

/** The rate of a load that states none, until its trace is read: see `ownRatePerS`. */
export const RATE_OF_TRACE = 0;

/** The requests to the nodes, and their times. */
export const loadSchema = z.strictObject({
  ratePerS: z
    .number()
    .positive()
    .max(1_000_000)
    .optional()
    .describe('Mean rate of requests over all clients, per second. Without it the trace is played at its own times.')
    .transform((ratePerS) => ratePerS ?? RATE_OF_TRACE),
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
});

export type LoadConfig = z.output<typeof loadSchema>;
