import { z } from 'zod';
import { COLUMNS, columnOf } from './column.ts';

const column = z.string().refine((name) => columnOf(name) !== null, {
  error: `expected one of ${Object.keys(COLUMNS).join(', ')}, or such as "ttft.p99 of region lagos"`,
});

/** What is simulated of a scenario for a table of its results. */
export const studySchema = z.strictObject({
  scenario: z.string().min(1).describe('Its file, beside the folder of studies.'),
  about: z.string().min(1).describe('What the rows are, a sentence or two.'),
  seeds: z.int().min(2).max(1000).default(10).describe('Repetitions, each under a seed of its own.'),
  columns: z.array(column).min(1).describe('What the table shows.'),
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
  answer: z
    .array(
      z.strictObject({
        row: z.string().min(1).describe('A row, by what the table calls it.'),
        against: z.string().min(1).exactOptional().describe('The row that it is compared with. Default: the first.'),
        by: z.array(column).min(1).describe('What of them is compared.'),
      }),
    )
    .default([])
    .describe('The comparisons that answer the question. Their words follow from the figures.'),
  policies: z
    .strictObject({
      names: z.array(z.string().min(1)).exactOptional().describe('Which of all policies. Default: all.'),
      set: z.array(z.string()).default([]).describe('Other values of the scenario, as for --set.'),
      seeds: z.int().min(2).max(1000).exactOptional().describe('Other than those of the study.'),
      why: z.string().min(1).exactOptional().describe('Why it is not all policies on the scenario as it is.'),
    })
    .exactOptional()
    .describe('Every policy on this scenario, for the tables of policies. In one study of a scenario.'),
});

export type ScenarioStudy = z.output<typeof studySchema>;
export type StudyRun = ScenarioStudy['runs'][number];

/** What the table calls a run. */
export const rowNameOf = ({ as, policy }: StudyRun): string => as ?? policy;
