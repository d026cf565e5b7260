import { mean } from '../../core/stats/quantile.ts';
import { latencyText, msDigits } from '../latency-text.ts';
import type { Regret, RunResult } from '../summary-schema.ts';
import { type Column, textTable } from '../text-table.ts';

/** What each policy lost against each bound, and an empty line; nothing where no bound ran. Of several seeds the mean. */
export const regretTable = (runs: readonly RunResult[]): readonly string[] => {
  const bounds = [...new Set(runs.flatMap(({ figures }) => Object.keys(figures.regret)))];
  if (bounds.length === 0) return [];
  const byVariant = [...Map.groupBy(runs, ({ key }) => key.variant)];
  const rows = bounds.flatMap((bound) =>
    byVariant.flatMap(([variant, of]) => {
      const regrets = of.flatMap(({ figures }) => figures.regret[bound] ?? []);
      return regrets.length === 0 ? [] : [[variant, bound, ...cellsOf(regrets)]];
    }),
  );
  return [...textTable(COLUMNS, rows), ''];
};

/** What the table says, for people. */
export const regretLegend =
  'regret: TTFT minus that of the bound, request by request, ms. sooner: requests that had their first token before the bound had it.';

const COLUMNS: readonly Column[] = [
  { title: 'regret', align: 'left' },
  { title: 'against', align: 'left' },
  ...['mean', '95 % interval', 'p50', 'p95', 'p99', '95 % interval', 'sooner'].map(
    (title): Column => ({ title, align: 'right' }),
  ),
];

const cellsOf = (regrets: readonly Regret[]): readonly string[] => {
  const [only] = regrets;
  const sooner = regrets.flatMap(({ soonerShare }) => soonerShare ?? []);
  const soonerText = sooner.length === 0 ? '-' : `${(mean(sooner) * 100).toFixed(1)} %`;
  if (regrets.length === 1)
    return [
      only!.mean === null ? '-' : msDigits(only!.mean),
      rangeText(only!.meanCi95),
      latencyText(only!, 'p50'),
      latencyText(only!, 'p95'),
      latencyText(only!, 'p99'),
      rangeText(only!.ci95?.p99 ?? null),
      soonerText,
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
    soonerText,
  ];
};

const rangeText = (interval: readonly number[] | null): string =>
  interval === null ? '-' : interval.map(msDigits).join(' to ');
