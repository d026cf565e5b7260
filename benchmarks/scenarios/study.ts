import { z } from 'zod';
import { COLUMN_NAMES } from './column.ts';

/** What is simulated of a scenario for a table of its results. */
export const studySchema = z.strictObject({
  scenario: z.string().min(1).describe('Its file, beside the folder of studies.'),
  about: z.string().min(1).describe('What the rows are, a sentence or two.'),
  seeds: z.int().min(2).max(1000).default(10).describe('Repetitions, each under a seed of its own.'),
  columns: z
    .array(z.union([z.enum(COLUMN_NAMES), z.templateLiteral(['attained:', z.string().min(1)])]))
    .min(1)
    .describe('What the table shows; attained:CLASS is of one class of the load.'),
  runs: z
    .array(
      z.strictObject({
        policy: z.string().min(1).describe('A policy, or a variant of the scenario.'),
        as: z.string().min(1).exactOptional().describe('What the table calls it. Default: the policy.'),
        set: z.array(z.string()).default([]).describe('Other values of the scenario, as for --set.'),
      }),
    )
    .min(1)
    .describe('A row each. The first is what others are compared with.'),
});

export type ScenarioStudy = z.output<typeof studySchema>;
export type StudyRun = ScenarioStudy['runs'][number];
