import type { Distribution } from './summary-schema.ts';

/** Samples that a percentile needs at least. Source: MLPerf inference, early stopping at 99 % confidence. */
export const LEAST_SAMPLES = { p95: 131, p99: 662, p999: 6636 } as const;

/** How many values were seen: censored ones say nothing of a percentile. */
export const seenOf = ({ n, censored }: Pick<Distribution, 'n' | 'censored'>): number => n - censored;
