// Hot path: a million values are sorted once, and every division of them into groups is in order already.

import { partedColumn } from './parted-column.ts';

/** A column of values, in the order of their size. */
export interface RankedColumn {
  /** Its finite values, ascending. */
  readonly seen: Float64Array;
  /** The row of each of them in the column. */
  readonly rows: Uint32Array;
  /** The column itself: Infinity is a censored value, NaN is none. */
  readonly values: Float64Array;
}

export const rankedColumn = (values: Float64Array): RankedColumn => {
  const seen = finiteAscending(values);
  const rows = new Uint32Array(seen.length);
  const equals = new Uint32Array(seen.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (!Number.isFinite(value)) continue;
    const first = firstOf(seen, value);
    rows[first + equals[first]!] = row;
    equals[first] = equals[first]! + 1;
  }
  return { seen, rows, values };
};

/** The finite values of a column, ascending. `filter` would make an object of each on its way. */
export const finiteAscending = (values: Float64Array): Float64Array => {
  let count = 0;
  for (let row = 0; row < values.length; row++) if (Number.isFinite(values[row])) count++;
  const finite = new Float64Array(count);
  count = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (Number.isFinite(value)) finite[count++] = value;
  }
  return finite.sort();
};

/** Where a value is in ascending values that have it. */
const firstOf = (ascending: Float64Array, value: number): number => {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The values of one group of rows. */
export interface RankedGroup {
  /** Its finite values, ascending. */
  readonly seen: Float64Array;
  readonly censored: number;
}

/**
 * A column in groups: `groupOf` has the number of the group of each row, below `groups`, and -1 for none. The values of all groups are in
 * `into`, which has a place for each value of the column: they are there until it is used again.
 */
export const rankedGroups = (
  { seen, rows, values }: RankedColumn,
  {
    groupOf,
    groups,
    into = new Float64Array(seen.length),
  }: { readonly groupOf: Int32Array; readonly groups: number; readonly into?: Float64Array },
): readonly RankedGroup[] => {
  const [finite, censored] = [new Uint32Array(groups), new Uint32Array(groups)];
  for (let row = 0; row < values.length; row++) {
    const group = groupOf[row]!;
    if (group < 0) continue;
    if (Number.isFinite(values[row])) finite[group] = finite[group]! + 1;
    else if (values[row] === Number.POSITIVE_INFINITY) censored[group] = censored[group]! + 1;
  }
  const all = partedColumn(into, finite);
  finite.fill(0);
  for (let rank = 0; rank < rows.length; rank++) {
    const group = groupOf[rows[rank]!]!;
    if (group < 0) continue;
    all[group]![finite[group]!] = seen[rank]!;
    finite[group] = finite[group]! + 1;
  }
  return all.map((own, group) => ({ seen: own, censored: censored[group]! }));
};
