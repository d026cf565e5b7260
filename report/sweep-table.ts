import { weakLegend, weakMark } from './least-samples.ts';
import { METRICS, metricText } from './metric.ts';
import type { Repetitions } from './repetitions-schema.ts';
import { type Column, textTable } from './text-table.ts';

/** One policy at one point of a sweep. */
export interface SweepRow {
  /** What varies, as YAML, by path. */
  readonly values: Readonly<Record<string, string>>;
  readonly policy: string;
  /** Whether every run of it is valid. */
  readonly valid: boolean;
  readonly repetitions: Repetitions['byVariant'][string];
}

/** A row a point and policy; each metric is the mean over the seeds, with how far its 95 % interval goes to both sides. */
export const sweepTable = (rows: readonly SweepRow[]): readonly string[] => {
  const paths = pathsOf(rows);
  const verdicts = rows.every(({ valid }) => valid) ? [] : [left('')];
  const table = textTable(
    [...paths.map(left), left('policy'), ...SHOWN.map(({ title }) => right(title)), ...verdicts],
    rows.map(({ values, policy, valid, repetitions }) => [
      ...paths.map((path) => values[path]!),
      policy,
      ...SHOWN.map(
        ({ name }) => cell(name, repetitions.metrics[name]!) + weakMark(name, repetitions.fewestFirstTokens),
      ),
      valid ? '' : 'INVALID',
    ]),
  );
  const legend = weakLegend(
    SHOWN.map(({ name }) => name),
    rows.map(({ repetitions }) => repetitions.fewestFirstTokens),
  );
  return legend.length === 0 ? table : [...table, '', ...legend];
};

/**
 * The same with every metric, for other tools: RFC 4180, a header, `.mean`, `.low` and `.high` of each metric in ms, requests a second or shares;
 * empty where there is no value.
 */
export const sweepCsv = (rows: readonly SweepRow[]): string => {
  const paths = pathsOf(rows);
  const header = [
    ...paths,
    'policy',
    'valid',
    'runs',
    ...METRICS.flatMap(({ name }) => ENDS.map((end) => `${name}.${end}`)),
  ];
  const lines = rows.map(({ values, policy, valid, repetitions: { seeds, metrics } }) => [
    ...paths.map((path) => values[path]!),
    policy,
    String(valid),
    String(seeds.length),
    ...METRICS.flatMap(({ name }) => {
      const { mean, ci95 } = metrics[name]!;
      return [mean, ci95?.[0] ?? null, ci95?.[1] ?? null].map((value) => (value === null ? '' : String(value)));
    }),
  ]);
  return [header, ...lines].map((line) => `${line.map(quoted).join(',')}\r\n`).join('');
};

const ENDS = ['mean', 'low', 'high'];

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Policies that vary have a column already. */
const pathsOf = (rows: readonly SweepRow[]): readonly string[] =>
  Object.keys(rows[0]?.values ?? {}).filter((path) => path !== 'policy');

const SHOWN = [
  { name: 'ttft.p50', title: 'TTFT p50' },
  { name: 'ttft.p99', title: 'TTFT p99' },
  { name: 'e2e.p99', title: 'E2E p99' },
  { name: 'goodput', title: 'goodput' },
  { name: 'attained', title: 'attained' },
] as const;

const unitOf = new Map(METRICS.map((metric) => [metric.name, metric]));

const cell = (name: string, { missing, mean, ci95 }: Repetitions['byVariant'][string]['metrics'][string]): string => {
  if (missing > 0) return `missing ${missing}`;
  if (mean === null) return '-';
  const metric = unitOf.get(name)!;
  return ci95 === null
    ? metricText(metric, mean)
    : `${metricText(metric, mean)} ±${metricText(metric, ci95[1] - mean)}`;
};

const left = (title: string): Column => ({ title, align: 'left' });
const right = (title: string): Column => ({ title, align: 'right' });
