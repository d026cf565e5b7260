import { normal } from '../../../core/random/distributions.ts';
import type { Rng } from '../../../core/random/rng.ts';
import { type Dimension, neighbourOf, type Value, valueAtPosition } from './dimension.ts';

/** A value for each dimension, in their order; null where it is what the scenario has. */
export type Candidate = readonly (Value | null)[];

/** The scenario as it is. */
export const asItIs = (dimensions: readonly Dimension[]): Candidate => dimensions.map(() => null);

/** What differs from the scenario, by path. */
export const changesOf = (dimensions: readonly Dimension[], candidate: Candidate): Readonly<Record<string, Value>> =>
  Object.fromEntries(
    dimensions.flatMap(({ path }, index) => {
      const value = candidate[index]!;
      return value === null ? [] : [[path, value] as const];
    }),
  );

/** What `--set` would be for it. */
export const setsOf = (dimensions: readonly Dimension[], candidate: Candidate): readonly string[] =>
  Object.entries(changesOf(dimensions, candidate)).map(([path, value]) => `${path}=${JSON.stringify(value)}`);

/** One that means the same has the same key. */
export const keyOf = (candidate: Candidate): string => JSON.stringify(candidate);

/**
 * `count` candidates all over the space. The values of each dimension are spread evenly over its range (a Latin hypercube); of each candidate some
 * dimensions, all of them or only one, differ from the scenario: defaults are seldom wrong in everything. Source of the design: M. McKay et
 * al., Technometrics 21(2), 1979.
 */
export const spreadCandidates = (dimensions: readonly Dimension[], count: number, rng: Rng): readonly Candidate[] => {
  const columns = dimensions.map((dimension) =>
    shuffled(count, rng).map((stratum) => own(dimension, valueAtPosition(dimension, (stratum + rng.next()) / count))),
  );
  return Array.from({ length: count }, (_, row) => {
    const changed = new Set(shuffled(dimensions.length, rng).slice(0, 1 + rng.below(dimensions.length)));
    return dimensions.map((_dimension, index) => (changed.has(index) ? columns[index]![row]! : null));
  });
};

/** A candidate near `parent`: of about half of the dimensions a value nearby, and now and then what the scenario has. */
export const nearCandidate = (
  dimensions: readonly Dimension[],
  parent: Candidate,
  { width, rng }: { readonly width: number; readonly rng: Rng },
): Candidate => {
  const always = rng.below(dimensions.length);
  return dimensions.map((dimension, index) => {
    const value = parent[index]!;
    if (index !== always && rng.next() < 0.5) return value;
    if (value !== null && rng.next() < RESET_SHARE) return null;
    // A dimension that the parent leaves alone has no place in the range where the scenario says nothing of it.
    const from = value ?? dimension.usual ?? valueAtPosition(dimension, rng.next());
    return own(dimension, neighbourOf(dimension, from, { width: Math.abs(width * (1 + 0.5 * normal(rng))), rng }));
  });
};

const RESET_SHARE = 0.2;

/** What the scenario has anyway is no change. */
const own = ({ usual }: Dimension, value: Value): Value | null => (value === usual ? null : value);

const shuffled = (count: number, rng: Rng): number[] => {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = rng.below(last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
};
