import { weakLegend, weakMark } from './least-samples.ts';
import type { Repetitions } from './repetitions-schema.ts';
import type { RunResult } from './summary-schema.ts';
import { type Column, textTable } from './text-table.ts';

/** Each variant over its seeds: the mean of a metric, and how far its 95 % interval goes to both sides. */
export const repetitionTable = ({ asked, byVariant }: Repetitions, runs: readonly RunResult[]): readonly string[] => [
  ...textTable(
    [left('policy'), right('runs'), ...COLUMNS.map(({ title }) => right(title))],
    Object.entries(byVariant).map(([variant, { seeds, fewestFirstTokens, metrics }]) => [
      variant,
      seeds.length === asked ? `${asked}` : `${seeds.length} of ${asked}`,
      ...COLUMNS.map(({ metric, cell }) => meanCell(metrics[metric]!, cell) + weakMark(metric, fewestFirstTokens)),
    ]),
  ),
  '',
  ...weakNote(byVariant),
  ...shareTable(runs),
];

const weakNote = (byVariant: Repetitions['byVariant']): readonly string[] => {
  const legend = weakLegend(
    COLUMNS.map(({ metric }) => metric),
    Object.values(byVariant).map(({ fewestFirstTokens }) => fewestFirstTokens),
  );
  return legend.length === 0 ? [] : [...legend, ''];
};

/** What the table says, for people. */
export const repetitionLegend =
  'Mean over the seeds ± its 95 % interval (Student’s t); a policy’s interval is for itself, differences are seed by seed. ' +
  'missing: in so many runs the percentile fell on requests without a first token or a whole answer.';

interface MetricColumn {
  readonly title: string;
  readonly metric: string;
  readonly cell: (value: number) => string;
}

const ms = (value: number): string => value.toFixed(Math.abs(value) < 100 ? 1 : 0);
const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
const perS = (value: number): string => `${value.toFixed(2)}/s`;

const COLUMNS: readonly MetricColumn[] = [
  { title: 'TTFT p50', metric: 'ttft.p50', cell: ms },
  { title: 'p95', metric: 'ttft.p95', cell: ms },
  { title: 'p99', metric: 'ttft.p99', cell: ms },
  { title: 'E2E p99', metric: 'e2e.p99', cell: ms },
  { title: 'TPOT p50', metric: 'tpot.p50', cell: ms },
  { title: 'goodput', metric: 'goodput', cell: perS },
  { title: 'attained', metric: 'attained', cell: percent },
  { title: 'answered', metric: 'answered', cell: percent },
];

const meanCell = (
  { missing, mean, ci95 }: Repetitions['byVariant'][string]['metrics'][string],
  cell: (value: number) => string,
): string => {
  if (missing > 0) return `missing ${missing}`;
  if (mean === null) return '-';
  return ci95 === null ? cell(mean) : `${cell(mean)} ±${cell(ci95[1] - mean)}`;
};

/** Where requests went, over all runs of a variant. */
const shareTable = (runs: readonly RunResult[]): readonly string[] => {
  const byVariant = [...Map.groupBy(runs, ({ key }) => key.variant)];
  const row = (key: 'medium' | 'endpoint', name: string): readonly string[] =>
    byVariant.map(([, of]) => {
      const sent = of
        .flatMap(({ figures }) => Object.values(figures.by[key] ?? {}))
        .reduce((sum, { requests }) => sum + requests, 0);
      const there = of.reduce((sum, { figures }) => sum + (figures.by[key]?.[name]?.requests ?? 0), 0);
      return percent(sent === 0 ? 0 : there / sent);
    });
  const named = (key: 'medium' | 'endpoint'): readonly string[] =>
    [...new Set(runs.flatMap(({ figures }) => Object.keys(figures.by[key] ?? {})))].sort();
  return textTable(
    [left('share of requests'), ...byVariant.map(([variant]) => right(variant))],
    [
      ...named('medium').map((name) => [`all ${name}`, ...row('medium', name)]),
      ...named('endpoint').map((name) => [name, ...row('endpoint', name)]),
    ],
  );
};

const left = (title: string): Column => ({ title, align: 'left' });
const right = (title: string): Column => ({ title, align: 'right' });
