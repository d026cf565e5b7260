import { z } from 'zod';
import { arrivalsSchema } from './arrivals/registry.ts';
import { BUNDLED_TRACES, isBundledTrace } from './bundled-traces.ts';

/** The requests to the nodes, and their times. */
export const loadSchema = z.strictObject({
  ratePerS: z.number().positive().max(1_000_000).describe('Mean rate of requests over all clients, per second.'),
  arrivals: arrivalsSchema
    .default('trace')
    .describe(
      '`trace` keeps the gaps of the trace, scaled to the rate; `poisson` draws them; `constant` spaces them evenly; others are objects, with their keys: gamma, mmpp, diurnal, ramp.',
    ),
  trace: z
    .string()
    .max(400)
    .refine(
      (trace) => trace.endsWith('.csv') || isBundledTrace(trace),
      `expected ${BUNDLED_TRACES.join(', ')}, or a path that ends in .csv`,
    )
    .default('azure-llm-2023-conversation')
    .describe(
      'Where lengths, and arrivals if so chosen, come from: a bundled trace or a path beside the scenario, ending in .csv.',
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
