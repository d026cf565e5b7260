import { z } from 'zod';
import { RECORDING_FORMATS } from './importers.ts';

const traceFile = z.string().min(1).max(400);

/** Probes or delays of both directions in one file. */
export const traceSchema = z.strictObject({
  kind: z.literal('trace'),
  file: traceFile.describe('A recording of probes or delays, found beside the scenario; it repeats at its end.'),
  format: z
    .enum(RECORDING_FORMATS)
    .default('auto')
    .describe('The format of the file; "auto" has it known by its content.'),
  windowMs: z
    .number()
    .min(10)
    .max(60_000)
    .nullable()
    .default(null)
    .describe(
      'Window over which delay, jitter, loss and rate are computed, in milliseconds. Default: 1000, and 10 for a trace of delays.',
    ),
});

/** The rate of each direction in a file of its own; the delay is constant, or in a third file. */
export const mahimahiSchema = z.strictObject({
  kind: z.literal('mahimahi'),
  up: traceFile.describe('Trace of mahimahi for the rate from who measured: users, or the router.'),
  down: traceFile.describe('Trace of mahimahi for the rate back.'),
  rttMs: z
    .number()
    .positive()
    .max(10_000)
    .optional()
    .describe('Round trip: such a trace holds none. Give this or delay.'),
  delay: traceFile.optional().describe('Trace of LeoReplayer for the delay, the same in both directions.'),
});

/** A link as it was measured. */
export const recordingSchema = z.discriminatedUnion('kind', [traceSchema, mahimahiSchema]);

export type RecordingConfig = z.output<typeof recordingSchema>;

/** The keys of `config` that name files, and the files. */
export const filesOfRecording = (config: RecordingConfig): readonly (readonly [key: string, file: string])[] => {
  if (config.kind === 'trace') return [['file', config.file]];
  const { up, down, delay } = config;
  return [['up', up], ['down', down], ...(delay === undefined ? [] : [['delay', delay] as const])];
};

/** What is wrong between the keys of `config`; null when nothing is. */
export const clashInRecording = (config: RecordingConfig): string | null => {
  if (config.kind === 'trace' || (config.rttMs === undefined) !== (config.delay === undefined)) return null;
  return config.rttMs === undefined
    ? 'has neither rttMs nor delay; expected one of the two: a trace of mahimahi has no delay'
    : 'has rttMs and delay; expected one of the two';
};
