import { differenceIn, seedPairs } from '../difference.ts';
import { metricNamed } from '../metric.ts';
import type { MetricDifference } from '../repetitions-schema.ts';
import type { Contender } from './contender.ts';

/** How much higher a metric is under `other` than under `best`, seed by seed. */
export const seedDifference = (best: Contender, other: Contender, metric: string): MetricDifference =>
  differenceIn(metricNamed(metric, 'report'), seedPairs(other.runs, best.runs));
