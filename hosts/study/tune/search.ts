import type { Rng } from '../../../core/random/rng.ts';
import { mean } from '../../../core/stats/quantile.ts';
import { asItIs, type Candidate, keyOf, nearCandidate, spreadCandidates } from './candidate.ts';
import type { Dimension } from './dimension.ts';
import { bracketCost, type Rung, rungsOf } from './rungs.ts';

/** A candidate under the seed of that place in the list of the search. */
export interface Trial {
  readonly candidate: Candidate;
  readonly seed: number;
}

/** A candidate and what it reached under the first seeds; null where the objective is not known. */
export interface Tried {
  readonly candidate: Candidate;
  readonly values: readonly (number | null)[];
}

export interface SearchResult {
  /** Every candidate, the best first: those under all seeds, then the others by how far they came. */
  readonly tried: readonly Tried[];
  /** The scenario as it is. */
  readonly usual: Tried;
  /** The best under all seeds; the scenario as it is where nothing is better. */
  readonly best: Tried;
  readonly simulations: number;
  /** Whether it came to its end: not where the user stopped. */
  readonly isWhole: boolean;
}

/**
 * Looks for the candidate with the best mean, in at most `budget` simulations. First many candidates all over the space meet one seed; the better half
 * of them meets as many again, and so on until the last have met all `seeds` (successive halving: K. Jamieson and A. Talwalkar, AISTATS 2016). Then
 * rounds of the same kind look nearer and nearer around the best three, and what changes nothing in the best is left as it is. All candidates meet the same seeds, so that they differ by what they are and not by
 * their luck. The result depends on `rng` and the values alone.
 */
export const search = async (of: {
  readonly dimensions: readonly Dimension[];
  readonly seeds: number;
  readonly budget: number;
  readonly isLowerBetter: boolean;
  readonly rng: Rng;
  /** Whether the scenario may have it: schemas may tie parameters to each other. */
  readonly isAllowed: (candidate: Candidate) => boolean;
  /** The objective of each trial, in their order; null where the user stopped. */
  readonly evaluated: (trials: readonly Trial[]) => Promise<readonly (number | null)[] | null>;
}): Promise<SearchResult> => {
  const { dimensions, seeds, budget, isLowerBetter, rng, isAllowed, evaluated } = of;
  const rungs = rungsOf(seeds);
  const known = new Map<string, { readonly candidate: Candidate; values: (number | null)[] }>();
  let simulations = 0;
  let isWhole = true;
  const costOf = ({ values }: Pick<Tried, 'values'>): number =>
    values.length === 0 || values.includes(null)
      ? Number.POSITIVE_INFINITY
      : mean(values as number[]) * (isLowerBetter ? 1 : -1);
  const inOrder = (tried: readonly Tried[]): readonly Tried[] =>
    tried.toSorted((a, b) => b.values.length - a.values.length || difference(costOf(a), costOf(b)));

  /** Whether all of them have met the seeds of the rung; false where the user stopped. */
  const meet = async (candidates: readonly Candidate[], { until }: Pick<Rung, 'until'>): Promise<boolean> => {
    const trials: Trial[] = [];
    for (const candidate of candidates) {
      const { values } = known.get(keyOf(candidate))!;
      for (let seed = values.length; seed < until; seed++) trials.push({ candidate, seed });
    }
    const found = trials.length === 0 ? [] : await evaluated(trials);
    if (found === null) {
      isWhole = false;
      return false;
    }
    for (const [index, { candidate }] of trials.entries()) known.get(keyOf(candidate))!.values.push(found[index]!);
    simulations += trials.length;
    return true;
  };
  const bracket = async (candidates: readonly Candidate[]): Promise<boolean> => {
    for (const candidate of candidates) known.set(keyOf(candidate), { candidate, values: [] });
    let left = candidates;
    for (const { until, share } of rungs) {
      left = left.slice(0, Math.max(1, Math.ceil(candidates.length * share)));
      if (!(await meet(left, { until }))) return false;
      left = inOrder(left.map((candidate) => known.get(keyOf(candidate))!)).map(({ candidate }) => candidate);
    }
    return true;
  };
  /** The first `count` of what `propose` gives that are new and may be. */
  const fresh = (count: number, propose: () => readonly Candidate[]): readonly Candidate[] => {
    const chosen = new Map<string, Candidate>();
    for (let tries = 0; chosen.size < count && tries < MOST_TRIES; tries++) {
      for (const candidate of propose()) {
        if (chosen.size === count) break;
        const key = keyOf(candidate);
        if (!known.has(key) && !chosen.has(key) && isAllowed(candidate)) chosen.set(key, candidate);
      }
    }
    return [...chosen.values()];
  };

  /**
   * The same without the changes that change nothing: those without which its first simulation is the very same, such as that of a parameter that only
   * counts under another objective.
   */
  const simplified = async (found: Tried): Promise<Tried> => {
    const without = (places: readonly number[]): Candidate =>
      found.candidate.map((value, place) => (places.includes(place) ? null : value));
    const single = found.candidate.flatMap((value, place) =>
      value === null || !isAllowed(without([place])) ? [] : [{ place, candidate: without([place]) }],
    );
    const add = (candidate: Candidate): Tried => {
      const key = keyOf(candidate);
      if (!known.has(key)) known.set(key, { candidate, values: [] });
      return known.get(key)!;
    };
    const alone = single.map(({ place, candidate }) => ({ place, tried: add(candidate) }));
    if (
      !(await meet(
        single.map(({ candidate }) => candidate),
        { until: 1 },
      ))
    )
      return found;
    const idle = alone.filter(({ tried }) => tried.values[0] === found.values[0]).map(({ place }) => place);
    if (idle.length === 0 || !isAllowed(without(idle))) return found;
    const simpler = add(without(idle));
    if (!(await meet([simpler.candidate], { until: seeds }))) return found;
    return costOf(simpler) <= costOf(found) ? simpler : found;
  };

  const usual = asItIs(dimensions);
  const usualKey = keyOf(usual);
  known.set(usualKey, { candidate: usual, values: [] });
  const finalists = (): readonly Tried[] =>
    inOrder([...known.values()].filter(({ values }) => values.length === seeds));
  if (await meet([usual], { until: seeds })) {
    const searching = budget - simplifyingCost({ dimensions, seeds });
    let size = largestBracket(Math.floor((searching - simulations) * WIDE_SHARE), rungs);
    let candidates = size === 0 ? [] : fresh(size, () => spreadCandidates(dimensions, size, rng));
    for (
      let width = FIRST_WIDTH;
      candidates.length > 0 && (await bracket(candidates));
      width = Math.max(LEAST_WIDTH, width * NARROWER)
    ) {
      size = Math.min(NEAR_CANDIDATES, largestBracket(searching - simulations, rungs));
      const parents = finalists().slice(0, PARENTS);
      candidates =
        size < LEAST_CANDIDATES
          ? []
          : fresh(size, () => parents.map(({ candidate }) => nearCandidate(dimensions, candidate, { width, rng })));
    }
  }
  const first = known.get(usualKey)!;
  const [found = first] = finalists();
  const best = costOf(found) < costOf(first) ? await simplified(found) : first;
  return {
    tried: inOrder([...known.values()].filter(({ values }) => values.length > 0)),
    usual: first,
    best,
    simulations,
    isWhole,
  };
};

/** How many simulations it takes to leave as they are the parameters that do not matter. */
const simplifyingCost = (of: { readonly dimensions: readonly Dimension[]; readonly seeds: number }): number =>
  of.dimensions.length + of.seeds;

/** The fewest simulations in which the scenario as it is and two others can be compared. */
export const leastBudget = (of: { readonly dimensions: readonly Dimension[]; readonly seeds: number }): number =>
  of.seeds + bracketCost(LEAST_CANDIDATES, rungsOf(of.seeds)) * 2 + simplifyingCost(of);

/** How many candidates a bracket may have that takes at most `budget` simulations. */
const largestBracket = (budget: number, rungs: readonly Rung[]): number => {
  let size = 0;
  while (bracketCost(size + 1, rungs) <= budget) size++;
  return size;
};

/** Infinities are equal. */
const difference = (a: number, b: number): number => (a === b ? 0 : a - b);

/** Of the budget for candidates all over the space; the rest is for those near the best. */
const WIDE_SHARE = 0.5;
const PARENTS = 3;
const NEAR_CANDIDATES = 8;
const LEAST_CANDIDATES = 2;
const FIRST_WIDTH = 0.2;
const NARROWER = 0.6;
const LEAST_WIDTH = 0.01;
const MOST_TRIES = 200;
