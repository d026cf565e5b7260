import type { VariantComparison } from './comparison.ts';
import { differenceText } from './difference.ts';
import { metricNamed, metricText } from './metric.ts';
import { type Column, textTable } from './text-table.ts';

/** A table of each policy: before, after, and the difference in words. `more` are metrics beside the usual ones. */
export const comparisonText = (
  comparisons: readonly VariantComparison[],
  { before, after, more }: { readonly before: string; readonly after: string; readonly more: readonly string[] },
): readonly string[] => {
  const names = [...new Set([...USUAL, ...more])];
  return comparisons.flatMap(({ variant, against, seeds, metrics, means }) => [
    `${variant === against ? variant : `${variant} against ${against}`}, ${seeds.length} ${seeds.length === 1 ? 'seed' : 'seeds'}`,
    ...textTable(
      [left('metric'), right(before), right(after), right('change'), left('difference')],
      names.map((name) => {
        const metric = metricNamed(name, name);
        const [old, young] = means[name]!;
        const cell = (value: number | null): string => (value === null ? '-' : metricText(metric, value));
        const change = old === null || young === null || old === 0 ? '-' : signedPercent(young / old - 1);
        return [name, cell(old), cell(young), change, differenceText(metric, metrics[name]!)];
      }),
    ),
    '',
  ]);
};

const signedPercent = (share: number): string => `${share > 0 ? '+' : ''}${(share * 100).toFixed(1)} %`;

const USUAL = ['ttft.p50', 'ttft.p95', 'ttft.p99', 'e2e.p99', 'tpot.p50', 'goodput', 'attained', 'answered'] as const;

const left = (title: string): Column => ({ title, align: 'left' });
const right = (title: string): Column => ({ title, align: 'right' });
