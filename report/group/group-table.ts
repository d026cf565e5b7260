import { mean } from '../../core/stats/quantile.ts';
import { latencyText, msDigits } from '../latency-text.ts';
import { LEAST_SAMPLES, seenOf } from '../least-samples.ts';
import type { Distribution, GroupFigures, RunResult } from '../summary-schema.ts';
import { type Column, textTable } from '../text-table.ts';
import { type GroupingName, groupings } from './registry.ts';

/** A table for each grouping, a row for each group and policy, and an empty line after each; of several seeds the mean. */
export const groupTables = (runs: readonly RunResult[], names: readonly GroupingName[]): readonly string[] => {
  const tables = names.map((name) => groupTable(runs, name));
  return [...tables.flatMap((table) => [...table, '']), ...(names.length === 0 ? [] : [LEGEND, ''])];
};

const LEGEND =
  `By group: E2E and TPOT as above, share of all requests that are in a group. *: p99 of fewer than ${LEAST_SAMPLES.p99} first tokens (MLPerf); ` +
  'of several seeds the mean, of which * has fewer in one at least.';

/** The groups of some runs, in the order of the first that has each. */
const groupNames = (runs: readonly RunResult[], name: GroupingName): readonly string[] => {
  const all = new Set(runs.flatMap(({ figures }) => Object.keys(figures.by[name] ?? {})));
  const { order } = groupings[name] as { readonly order?: readonly string[] };
  return order?.filter((group) => all.has(group)) ?? [...all].sort();
};

const groupTable = (runs: readonly RunResult[], name: GroupingName): readonly string[] => {
  const groups = groupNames(runs, name);
  const { title } = groupings[name];
  if (groups.length === 0) return [`No figures by ${name}: the log does not say the ${title} of a request.`];
  const hasGaps = runs.some(({ figures }) => figures.itlMs !== null);
  const hasRefused = runs.some(({ figures }) => figures.refused > 0);
  const byVariant = [...Map.groupBy(runs, ({ key }) => key.variant)];
  return textTable(
    columnsOf(title, hasGaps, hasRefused),
    groups.flatMap((group) =>
      byVariant.map(([variant, of], index) => [
        index === 0 ? group : '',
        variant,
        ...cellsOf(of, name, group, hasRefused),
      ]),
    ),
  );
};

const columnsOf = (title: string, hasGaps: boolean, hasRefused: boolean): readonly Column[] => [
  { title, align: 'left' },
  { title: 'policy', align: 'left' },
  ...[
    'requests',
    'share',
    'TTFT p50',
    'p95',
    'p99',
    'E2E p50',
    'p99',
    'TPOT p50',
    'attained',
    ...(hasRefused ? ['refused'] : []),
    ...(hasGaps ? ['stalls'] : []),
  ].map((name): Column => ({ title: name, align: 'right' })),
];

const cellsOf = (
  runs: readonly RunResult[],
  name: GroupingName,
  group: string,
  hasRefused: boolean,
): readonly string[] => {
  const of = runs.flatMap(({ figures }) => figures.by[name]?.[group] ?? []);
  if (of.length === 0) return ['0'];
  const latencies = (read: (figures: GroupFigures) => Distribution, percentile: 'p50' | 'p95' | 'p99'): string =>
    latencyCell(of.map(read), percentile);
  const isWeak = of.some(({ ttftMs }) => seenOf(ttftMs) < LEAST_SAMPLES.p99);
  return [
    String(Math.round(mean(of.map(({ requests }) => requests)))),
    percent(mean(of.map(({ share }) => share))),
    latencies(({ ttftMs }) => ttftMs, 'p50'),
    latencies(({ ttftMs }) => ttftMs, 'p95'),
    `${latencies(({ ttftMs }) => ttftMs, 'p99')}${isWeak ? '*' : ' '}`,
    latencies(({ e2eMs }) => e2eMs, 'p50'),
    latencies(({ e2eMs }) => e2eMs, 'p99'),
    latencies(({ tpotMs }) => tpotMs, 'p50'),
    shareCell(of.map(({ attainment }) => attainment)),
    ...(hasRefused ? [String(Math.round(mean(of.map(({ refused }) => refused))))] : []),
    shareCell(of.map(({ stalled }) => stalled)),
  ];
};

const latencyCell = (of: readonly Distribution[], percentile: 'p50' | 'p95' | 'p99'): string => {
  if (of.length === 1) return latencyText(of[0]!, percentile);
  const known = of.flatMap((one) => one[percentile] ?? []);
  return known.length < of.length ? `missing ${of.length - known.length}` : msDigits(mean(known));
};

const shareCell = (shares: readonly (number | null)[]): string => {
  const known = shares.filter((share) => share !== null);
  return known.length === 0 ? '-' : percent(mean(known));
};

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
