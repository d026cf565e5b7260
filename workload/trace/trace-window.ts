import { z } from 'zod';
import { TRACE_FORMATS } from './format/formats.ts';

/** A trace with what is taken of it. */
export const traceWindowSchema = z.strictObject({
  file: z.string().min(1).max(400).describe('A bundled trace, or a file beside the scenario.'),
  format: z.enum(TRACE_FORMATS).exactOptional().describe('Its format. Default: known by its first lines.'),
  fromS: z
    .number()
    .min(0)
    .max(1e9)
    .exactOptional()
    .describe('Where the window begins, in seconds after the first row. Default: 0.'),
  durationS: z
    .number()
    .positive()
    .max(1e9)
    .exactOptional()
    .describe('How long the window is. Default: to the end of the trace.'),
  timeScale: z
    .number()
    .positive()
    .max(1e6)
    .exactOptional()
    .describe(
      'Seconds of the run for a second of the trace, where the load has no ratePerS: 0.5 plays it twice as fast. Default: 1.',
    ),
});

export type TraceWindow = z.output<typeof traceWindowSchema>;
