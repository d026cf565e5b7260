import { ConfigError } from '../core/config/config-error.ts';
import { mean } from '../core/stats/quantile.ts';
import { isBound } from '../router/pick/registry.ts';
import { differencesOf, LEAST_SEEDS, type SeedPair, seedPairs } from './difference.ts';
import { round } from './distribution.ts';
import { METRICS } from './metric.ts';
import { boundAt, type MetricBound } from './metric-bound.ts';
import { reloadKey } from './reload-marks.ts';
import type { Differences } from './repetitions-schema.ts';
import type { RunFigures, RunResult, Summary } from './summary-schema.ts';

/** A result, and what the user calls it. */
export interface NamedSummary {
  readonly name: string;
  readonly summary: Summary;
}

/** One policy in two results: how the second differs from the first. */
export interface VariantComparison extends Differences {
  /** The mean of each metric over the seeds that both have, before and after; null where it is not known in any of them. */
  readonly means: Readonly<Record<string, readonly [before: number | null, after: number | null]>>;
  /** Whether it is a bound: regret is of the others, against it. */
  readonly isBound: boolean;
}

/** What makes figures of two results differ that is no difference of policies or code, a line each. */
export const comparisonFaults = (before: NamedSummary, after: NamedSummary): readonly string[] => {
  const both = [before, after] as const;
  const differing = (what: string, of: (summary: Summary) => string): readonly string[] => {
    const [one, other] = both.map(({ summary }) => of(summary));
    return one === other ? [] : [`${what}: ${one} and ${other}`];
  };
  const pairs = variantPairs(before, after).flatMap(({ pairs: of }) => of);
  const other = pairs.find(([own, its]) => own.conditions.hash !== its.conditions.hash);
  const bounds = pairs.flatMap(([own, its]) => otherBounds(its.figures, own.figures))[0];
  const reloaded = pairs.find(([own, its]) => reloadKey(own.reloads ?? []) !== reloadKey(its.reloads ?? []));
  return [
    ...differing('other hosts', ({ host }) => host),
    ...differing('other shapers', ({ shaper }) => shaper),
    ...(other === undefined
      ? []
      : [
          `other scenarios or schedules under seed ${other[0].key.seed}: hash ${shortHash(other[1])} and ${shortHash(other[0])}`,
        ]),
    ...(bounds === undefined ? [] : [bounds]),
    ...(reloaded === undefined
      ? []
      : [`routers of ${reloaded[0].key.variant} were told other things while they ran: see reloads in summary.json`]),
    ...both.flatMap(({ name, summary }) =>
      summary.valid ? [] : [`${name} is not valid: ${summary.invalidBecause[0]}`],
    ),
  ];
};

/** Metrics of regret are against the first bound of the command that made a result. */
const otherBounds = (before: RunFigures, after: RunFigures): readonly string[] =>
  (['regret', 'regretE2e', 'regretMissed'] as const).flatMap((regret) => {
    const [one, other] = [before, after].map((figures) => Object.keys(figures[regret])[0]);
    return one === undefined || other === undefined || one === other
      ? []
      : [`other bounds: regret is against ${one} and ${other}`];
  });

const shortHash = ({ conditions }: RunResult): string => conditions.hash.slice(0, 12);

/**
 * Every policy that both results have, seed by seed, the second minus the first; where each has one policy, those two. Throws
 * `ConfigError` where there is no such policy, or no seed of it in both.
 */
export const policyComparisons = (before: NamedSummary, after: NamedSummary): readonly VariantComparison[] => {
  const matched = variantPairs(before, after);
  if (matched.length === 0) {
    throw new ConfigError('', `${before.name} and ${after.name} have no policy in common, expected one that both ran`);
  }
  return matched.map(({ variant, against, pairs }) => {
    if (pairs.length === 0) {
      throw new ConfigError('', `${before.name} and ${after.name} have no whole run of ${variant} under the same seed`);
    }
    return {
      ...differencesOf({ variant, against }, pairs),
      isBound: isBound(pairs[0]![0].key.policy),
      means: Object.fromEntries(
        METRICS.map(({ name, of }) => [
          name,
          [meanOf(pairs.map(([, run]) => of(run.figures))), meanOf(pairs.map(([run]) => of(run.figures)))] as const,
        ]),
      ),
    };
  });
};

const meanOf = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length < values.length ? null : round(mean(known));
};

const variantPairs = (
  before: NamedSummary,
  after: NamedSummary,
): readonly { readonly variant: string; readonly against: string; readonly pairs: readonly SeedPair[] }[] => {
  const [old, young] = [before, after].map(({ summary }) => Map.groupBy(summary.runs, ({ key }) => key.variant)) as [
    Map<string, RunResult[]>,
    Map<string, RunResult[]>,
  ];
  const isOneEach = old.size === 1 && young.size === 1;
  return [...young].flatMap(([variant, runs]) => {
    const against = isOneEach ? [...old.keys()][0]! : variant;
    const others = old.get(against);
    return others === undefined ? [] : [{ variant, against, pairs: seedPairs(runs, others) }];
  });
};

/**
 * What became worse by more than a bound allows, a line each. With ten seeds or more, only where a difference is shown. A figure that is
 * not known fails too: nobody can say that it is within the bound. A bound on policies, such as `floor`, has no regret that could be worse.
 */
export const boundsExceeded = (
  comparisons: readonly VariantComparison[],
  bounds: readonly MetricBound[],
): readonly string[] =>
  comparisons.flatMap(({ variant, isBound: hasNoRegret, means, metrics }) =>
    bounds.flatMap((bound) => {
      const { name, isLowerBetter } = bound.metric;
      if (hasNoRegret && name.startsWith('regret')) return [];
      const { n, mean: difference, verdict } = metrics[name]!;
      const [before] = means[name]!;
      if (difference === null || before === null)
        return [`${variant}: ${name} is not known in every run (${bound.text})`];
      const worse = isLowerBetter ? difference : -difference;
      if (worse <= boundAt(bound, before) || (n >= LEAST_SEEDS && verdict === 'none-shown')) return [];
      return [`${variant}: ${name} is worse by more than ${bound.text}`];
    }),
  );
