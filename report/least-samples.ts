import type { Distribution } from './summary-schema.ts';

/** Samples that a percentile needs at least. Source: MLPerf inference, early stopping at 99 % confidence. */
export const LEAST_SAMPLES = { p95: 131, p99: 662, p999: 6636 } as const;

/** How many values were seen: censored ones say nothing of a percentile. */
export const seenOf = ({ n, censored }: Pick<Distribution, 'n' | 'censored'>): number => n - censored;

/** Marks a latency of fewer samples than its percentile needs, in tables that say so: `*`. */
export const weakMark = (metric: string, samples: number | null): string => {
  const percentile = metric.slice(metric.indexOf('.') + 1);
  const least = Object.hasOwn(LEAST_SAMPLES, percentile) ? LEAST_SAMPLES[percentile as keyof typeof LEAST_SAMPLES] : 0;
  return samples !== null && samples < least ? '*' : '';
};

/** What the mark means, where any of these metrics has it. */
export const weakLegend = (metrics: readonly string[], samples: readonly (number | null)[]): readonly string[] =>
  metrics.some((metric) => samples.some((of) => weakMark(metric, of) !== ''))
    ? [
        `*: a run has fewer first tokens than the percentile needs: ${LEAST_SAMPLES.p95} for p95, ${LEAST_SAMPLES.p99} for p99 (MLPerf).`,
      ]
    : [];
