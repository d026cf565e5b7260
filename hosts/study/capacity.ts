import { ConfigError } from '../../core/config/config-error.ts';
import { type MetricBound, parseBounds } from '../../report/metric-bound.ts';
import type { Repetitions } from '../../report/repetitions-schema.ts';

/** What a rate must keep to: a metric and its bound. */
export interface Objective {
  readonly name: string;
  readonly isLowerBetter: boolean;
  /** In the unit of the metric. */
  readonly bound: number;
  /** As the user wrote it. */
  readonly text: string;
}

/** Reads `ttft.p99:800ms,attained:95%`. Throws `ConfigError`. */
export const objectivesIn = (text: string, place: string): readonly Objective[] =>
  parseBounds(text, { place }).bounds.map(({ metric, most, text: part }: MetricBound) => {
    if (most.kind === 'share' && metric.unit !== 'share')
      throw new ConfigError(place, `has "${part}", expected an amount, such as ${EXAMPLES[metric.unit](metric.name)}`);
    return { name: metric.name, isLowerBetter: metric.isLowerBetter, bound: most.value, text: part };
  });

const EXAMPLES = {
  ms: (name: string) => `${name}:800ms`,
  'per-s': (name: string) => `${name}:10/s`,
  share: (name: string) => `${name}:95%`,
} as const;

type Metrics = Repetitions['byVariant'][string]['metrics'];

/**
 * How the repetitions of one rate stand to the objectives. `met` and `missed` go by the means over the seeds; where the whole 95 % interval is
 * on that side, it is sure. A percentile that fell on requests without an answer is missed for sure.
 */
export interface RateVerdict {
  readonly isMet: boolean;
  readonly isSure: boolean;
}

export const verdictOn = (objectives: readonly Objective[], metrics: Metrics): RateVerdict => {
  const each = objectives.map(({ name, isLowerBetter, bound }): RateVerdict => {
    const { mean, ci95 } = metrics[name]!;
    if (mean === null) return { isMet: false, isSure: true };
    const keeps = (value: number): boolean => (isLowerBetter ? value <= bound : value >= bound);
    const isMet = keeps(mean);
    return { isMet, isSure: ci95?.every((end) => keeps(end) === isMet) ?? false };
  });
  const isMet = each.every((verdict) => verdict.isMet);
  // All must be sure to be met; one that is sure to be missed is enough.
  const isSure = isMet ? each.every((verdict) => verdict.isSure) : each.some((one) => !one.isMet && one.isSure);
  return { isMet, isSure };
};

/** The highest rate that keeps the objectives, and what is known around it. Rates are requests a second. */
export interface LoadCapacity {
  /** The highest rate that was tried and kept them; null where none did. */
  readonly ratePerS: number | null;
  /** The lowest that was tried and did not; null where all did. */
  readonly missedAtPerS: number | null;
  /** The highest rate at which they are kept for sure, and the lowest at which they are missed for sure; null where no rate was. */
  readonly sureFromPerS: number | null;
  readonly sureToPerS: number | null;
}

export interface CapacitySearch {
  readonly startPerS: number;
  /** The search ends where the lowest rate that misses is at most this share above the highest that keeps. */
  readonly within: number;
  /** Simulates a rate; null where the user stopped. */
  readonly tried: (ratePerS: number) => Promise<RateVerdict | null>;
}

/**
 * Doubles or halves the rate until the capacity is between two rates, then bisects. It takes for granted that more load is never better.
 * Resolves to null where it was stopped.
 */
export const findCapacity = async ({ startPerS, within, tried }: CapacitySearch): Promise<LoadCapacity | null> => {
  const met: Tried[] = [];
  const missed: Tried[] = [];
  const trial = async (ratePerS: number): Promise<boolean | null> => {
    const verdict = await tried(ratePerS);
    if (verdict === null) return null;
    (verdict.isMet ? met : missed).push({ ratePerS, isSure: verdict.isSure });
    return verdict.isMet;
  };
  const first = await trial(startPerS);
  if (first === null) return null;
  for (let rate = startPerS, steps = 0; steps < MOST_DOUBLINGS && (first ? missed : met).length === 0; steps++) {
    rate = rounded(first ? rate * 2 : rate / 2);
    if ((await trial(rate)) === null) return null;
  }
  for (;;) {
    const [low, high] = [highest(met), lowest(missed)];
    if (low === null || high === null || high / low - 1 <= within) break;
    const middle = rounded(Math.sqrt(low * high));
    if (middle <= low || middle >= high) break;
    if ((await trial(middle)) === null) return null;
  }
  return {
    ratePerS: highest(met),
    missedAtPerS: lowest(missed),
    sureFromPerS: highest(met.filter(({ isSure }) => isSure)),
    sureToPerS: lowest(missed.filter(({ isSure }) => isSure)),
  };
};

interface Tried {
  readonly ratePerS: number;
  readonly isSure: boolean;
}

const highest = (of: readonly Tried[]): number | null =>
  of.length === 0 ? null : Math.max(...of.map(({ ratePerS }) => ratePerS));
const lowest = (of: readonly Tried[]): number | null =>
  of.length === 0 ? null : Math.min(...of.map(({ ratePerS }) => ratePerS));

/** Four digits: the seeds scatter more than that. */
const rounded = (ratePerS: number): number => Number(ratePerS.toPrecision(4));

const MOST_DOUBLINGS = 12;
