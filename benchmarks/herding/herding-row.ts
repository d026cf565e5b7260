import { mean } from '../../core/stats/quantile.ts';
import { tInterval } from '../../report/t-interval.ts';

/** Ten routers beside one, by one figure. */
export interface HerdingRatio {
  /** Means over seeds. */
  readonly one: number;
  readonly ten: number;
  /** Geometric mean of ten over one, seed by seed, with its 95 % interval; null with fewer than two seeds. */
  readonly ratio: number;
  readonly ci95: readonly [number, number] | null;
}

/** Seeds in the same order in both. */
export const herdingRatio = (one: readonly number[], ten: readonly number[]): HerdingRatio => {
  const interval = tInterval(ten.map((value, seed) => Math.log(value / one[seed]!)))!;
  return {
    one: mean(one),
    ten: mean(ten),
    ratio: Math.exp(interval.mean),
    ci95: interval.ci95 && [Math.exp(interval.ci95[0]), Math.exp(interval.ci95[1])],
  };
};

/** The most that the peak at a node with ten routers may be of that with one. */
const MOST_RATIO = 1.3;

/** `kept` or `broken` where the whole interval says so, else `not shown`. */
export const herdingVerdict = ({ ci95 }: HerdingRatio): 'kept' | 'broken' | 'not shown' => {
  if (ci95 === null) return 'not shown';
  if (ci95[1] <= MOST_RATIO) return 'kept';
  return ci95[0] > MOST_RATIO ? 'broken' : 'not shown';
};

export interface HerdingRow {
  readonly policy: string;
  readonly peak: HerdingRatio;
  readonly p99: HerdingRatio;
  readonly ttftP99Ms: HerdingRatio;
}

/** A table in Markdown of one case, a row a policy. */
export const herdingTable = (rows: readonly HerdingRow[]): readonly string[] => [
  `| policy | peak at a node: one, ten | ratio | at most ${MOST_RATIO} | p99 at a node: one, ten | ratio | TTFT p99, ms: one, ten | ratio |`,
  '| --- | --: | --- | --- | --: | --- | --: | --- |',
  ...rows.map(
    ({ policy, peak, p99, ttftP99Ms }) =>
      `| ${[policy, pair(peak), ratioText(peak), herdingVerdict(peak), pair(p99), ratioText(p99), pair(ttftP99Ms), ratioText(ttftP99Ms)].join(' | ')} |`,
  ),
];

const pair = ({ one, ten }: HerdingRatio): string => `${one.toFixed(0)}, ${ten.toFixed(0)}`;

const ratioText = ({ ratio, ci95 }: HerdingRatio): string =>
  ci95 === null ? ratio.toFixed(2) : `${ratio.toFixed(2)} (${ci95[0].toFixed(2)} to ${ci95[1].toFixed(2)})`;
