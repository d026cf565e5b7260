import { z } from 'zod';

/** One figure of a suite. */
const rowSchema = z.strictObject({
  case: z.string().describe('What was measured.'),
  unit: z.string().describe('Of the value, with what it is of: `ns`, `bytes`, `requests/s`.'),
  value: z.number(),
  isLowerBetter: z.boolean(),
});

/** What any suite measured: the format of its JSON. A case may have several figures, each with a unit of its own. */
export const suiteResultSchema = z.strictObject({
  schema: z.literal(1),
  suite: z.string(),
  machine: z.string(),
  loadAverage: z.tuple([z.number(), z.number()]).describe('Of a minute, before and after.'),
  date: z.iso.datetime().describe('Of the start.'),
  commit: z.string().nullable(),
  rows: z.array(rowSchema),
});

export type SuiteRow = z.output<typeof rowSchema>;
export type SuiteResult = z.output<typeof suiteResultSchema>;
