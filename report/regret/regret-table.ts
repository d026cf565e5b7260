import { mean } from '../../core/stats/quantile.ts';
import { latencyText, msDigits } from '../latency-text.ts';
import type { MissedRegret, Regret, RunFigures, RunResult } from '../summary-schema.ts';
import { type Column, textTable } from '../text-table.ts';

/** What each policy lost against each bound on TTFT, E2E and missed objectives, and an empty line; nothing where no bound ran. Of several seeds the mean. */
export const regretTable = (runs: readonly RunResult[]): readonly string[] => {
  const rows = [
    ...rowsOf(runs, 'TTFT', ({ regret }) => regret, timeCells),
    ...rowsOf(runs, 'E2E', ({ regretE2e }) => regretE2e, timeCells),
    ...rowsOf(runs, 'missed', ({ regretMissed }) => regretMissed, missedCells),
  ];
  return rows.length === 0 ? [] : [...textTable(COLUMNS, rows), ''];
};

/** What the table says, for people. */
export const regretLegend =
  'regret: TTFT or E2E minus that of the bound, request by request, ms; missed: how many points more of the requests miss an objective. sooner: requests that did better than under the bound.';

const COLUMNS: readonly Column[] = [
  { title: 'regret', align: 'left' },
  { title: 'of', align: 'left' },
  { title: 'against', align: 'left' },
  ...['mean', '95 % interval', 'p50', 'p95', 'p99', '95 % interval', 'sooner'].map(
    (title): Column => ({ title, align: 'right' }),
  ),
];

const rowsOf = <Of>(
  runs: readonly RunResult[],
  title: string,
  by: (figures: RunFigures) => Readonly<Record<string, Of>>,
  cells: (of: readonly Of[]) => readonly string[],
): readonly (readonly string[])[] => {
  const bounds = [...new Set(runs.flatMap(({ figures }) => Object.keys(by(figures))))];
  const byVariant = [...Map.groupBy(runs, ({ key }) => key.variant)];
  return bounds.flatMap((bound) =>
    byVariant.flatMap(([variant, of]) => {
      const regrets = of.flatMap(({ figures }) => by(figures)[bound] ?? []);
      return regrets.length === 0 ? [] : [[variant, title, bound, ...cells(regrets)]];
    }),
  );
};

const timeCells = (regrets: readonly Regret[]): readonly string[] => {
  const [only] = regrets;
  const sooner = shareText(regrets.flatMap(({ soonerShare }) => soonerShare ?? []));
  if (regrets.length === 1)
    return [
      only!.mean === null ? '-' : msDigits(only!.mean),
      rangeText(only!.meanCi95),
      latencyText(only!, 'p50'),
      latencyText(only!, 'p95'),
      latencyText(only!, 'p99'),
      rangeText(only!.ci95?.p99 ?? null),
      sooner,
    ];
  const over = (of: (regret: Regret) => number | null): string => {
    const known = regrets.map(of).filter((value) => value !== null);
    return known.length < regrets.length ? `missing ${regrets.length - known.length}` : msDigits(mean(known));
  };
  return [
    over((regret) => regret.mean),
    '',
    over(({ p50 }) => p50),
    over(({ p95 }) => p95),
    over(({ p99 }) => p99),
    '',
    sooner,
  ];
};

const missedCells = (regrets: readonly MissedRegret[]): readonly string[] => {
  const means = regrets.flatMap((regret) => regret.mean ?? []);
  const interval = regrets.length === 1 ? regrets[0]!.meanCi95 : null;
  return [
    means.length === 0 ? '-' : points(mean(means)),
    interval === null ? '' : interval.map(points).join(' to '),
    ...['', '', '', ''],
    shareText(regrets.flatMap(({ keptShare }) => keptShare ?? [])),
  ];
};

const points = (share: number): string => (share * 100).toFixed(1);

const shareText = (shares: readonly number[]): string =>
  shares.length === 0 ? '-' : `${(mean(shares) * 100).toFixed(1)} %`;

const rangeText = (interval: readonly number[] | null): string =>
  interval === null ? '-' : interval.map(msDigits).join(' to ');
