import { ascending, mean, quantile } from '../../core/stats/quantile.ts';
import { tInterval } from '../../report/t-interval.ts';
import type { SessionSamples } from './session-samples.ts';

/** The samples of each seed, by policy: the same seeds for each. */
export type BySeed = ReadonlyMap<string, readonly SessionSamples[]>;

/**
 * A table in Markdown of one class, a row a policy: the mean over seeds with a 95 % interval by Student's t, and how much less than under
 * `baseline`, seed by seed.
 */
export const sessionRows = (of: BySeed, baseline: string): readonly string[] => {
  const base = of.get(baseline)!;
  return [
    `| policy | prompt tokens cached | TTFT p50, ms | TTFT p99, ms | p50 less than ${baseline} | p99 less than ${baseline} |`,
    '| --- | --- | --- | --- | --- | --- |',
    ...[...of].map(([policy, runs]) => {
      const hits = runs.map(({ cachedTokens, promptTokens }) => (100 * cachedTokens) / promptTokens);
      const cells = [
        `${mean(hits).toFixed(1)} %`,
        ...QUANTILES.map((p) => withInterval(runs.map((run) => ttft(run, p)))),
        ...QUANTILES.map((p) =>
          policy === baseline
            ? ''
            : withInterval(
                runs.map((run, seed) => 100 * (1 - ttft(run, p) / ttft(base[seed]!, p))),
                ' %',
              ),
        ),
      ];
      return `| ${[policy, ...cells].join(' | ')} |`;
    }),
  ];
};

const QUANTILES = [0.5, 0.99] as const;

const ttft = ({ ttftsMs }: SessionSamples, p: number): number => quantile(ascending(ttftsMs), p);

const withInterval = (values: readonly number[], unit = ''): string => {
  const interval = tInterval(values)?.ci95;
  const text = mean(values).toFixed(0);
  if (interval === undefined || interval === null) return `${text}${unit}`;
  return `${text} (${interval[0].toFixed(0)} to ${interval[1].toFixed(0)})${unit}`;
};
