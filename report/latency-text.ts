import type { Distribution } from './summary-schema.ts';

/** A percentile in ms; `> t` where it falls among censored values: t is the largest value seen. */
export const latencyText = (of: Distribution, percentile: 'p50' | 'p95' | 'p99' | 'p999'): string => {
  const value = of[percentile];
  if (value !== null) return msDigits(value);
  if (of.censored === 0) return '-';
  return of.max === null ? 'none' : `> ${msDigits(of.max)}`;
};

/** Milliseconds without their unit: a decimal below 100. */
export const msDigits = (value: number): string => value.toFixed(Math.abs(value) < 100 ? 1 : 0);
