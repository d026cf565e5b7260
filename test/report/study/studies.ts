import { METRICS } from '../../../report/metric.ts';
import type { CapacityStudy, Sweep } from '../../../report/study/study-schema.ts';

type Row = Sweep['rows'][number];

/** A row of a sweep in which every metric in `known` has its mean, with an interval of a tenth to both sides, and no other is known. */
export const sweepRow = (
  values: Row['values'],
  policy: string,
  known: Readonly<Record<string, number>>,
  over: Partial<Row> = {},
): Row => ({
  values,
  policy,
  valid: true,
  repetitions: { seeds: [1, 2, 3], fewestFirstTokens: 900, metrics: metricsOf(known) },
  ...over,
});

const metricsOf = (known: Readonly<Record<string, number>>): Row['repetitions']['metrics'] =>
  Object.fromEntries(
    METRICS.map(({ name }) => {
      const mean = known[name] ?? null;
      return [name, { missing: mean === null ? 3 : 0, mean, ci95: mean === null ? null : [mean * 0.9, mean * 1.1] }];
    }),
  );

export const sweepOf = (rows: readonly Row[], over: Partial<Sweep> = {}): Sweep => ({
  schema: 1,
  partial: false,
  points: rows.length,
  done: rows.length,
  rows: [...rows],
  ...over,
});

export const capacityStudy = (over: Partial<CapacityStudy> = {}): CapacityStudy => ({
  schema: 1,
  partial: false,
  slo: ['ttft.p99:800ms', 'attained:80%'],
  repeat: 3,
  capacities: [
    { policy: 'slow', ratePerS: 20, missedAtPerS: 22, sureFromPerS: 18, sureToPerS: 25 },
    { policy: 'quick', ratePerS: 40, missedAtPerS: 44, sureFromPerS: 36, sureToPerS: null },
  ],
  trials: [
    { policy: 'slow', ratePerS: 20, metrics: metricsOf({ 'ttft.p99': 700, attained: 0.9 }), isMet: true },
    { policy: 'slow', ratePerS: 25, metrics: metricsOf({ attained: 0.5 }), isMet: false },
    { policy: 'quick', ratePerS: 40, metrics: metricsOf({ 'ttft.p99': 600, attained: 0.9 }), isMet: true },
    { policy: 'quick', ratePerS: 44, metrics: metricsOf({ 'ttft.p99': 900, attained: 0.7 }), isMet: false },
  ],
  ...over,
});
