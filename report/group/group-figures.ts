// Hot path: rows are sorted by group once, and each latency of a group is copied once.

import { OUTCOMES } from '../../core/event/event.ts';
import { columnDistribution, round, slottedDistribution } from '../distribution.ts';
import type { GroupColumn, MeasuredRequests } from '../measured-requests.ts';
import type { GroupFigures } from '../summary-schema.ts';
import { groupings } from './registry.ts';

/** The group of all requests that are in none of the largest groups. */
export const OTHERS = '(others)';

/** A constellation may have ten thousand endpoints: so many groups are kept, and with them a summary stays below some megabytes. */
const MOST_GROUPS = 500;

/** What else figures of groups need of the run. */
interface OfRun {
  /** How many whole slots of 15 s were measured. */
  readonly slots: number;
  /** Whether the log has the gaps of answers. */
  readonly hasGaps: boolean;
}

/** The figures of each group of one grouping, in their order: of more than 500, of the largest, and `(others)`. */
export const groupFigures = (
  requests: MeasuredRequests,
  { name, groups, of }: GroupColumn,
  run: OfRun,
): Readonly<Record<string, GroupFigures>> => {
  const byGroup = rowsByGroup(of, groups.names.length);
  const all = byGroup.reduce((sum, { length }) => sum + length, 0);
  const rows = largest(new Map(groups.names.map((group, number) => [group, byGroup[number]!])));
  return Object.fromEntries(
    inOrder([...rows.keys()], groupings[name]).map((group) => [
      group,
      figuresOf(requests, rows.get(group)!, { ...run, all }),
    ]),
  );
};

const largest = (rows: ReadonlyMap<string, Uint32Array>): ReadonlyMap<string, Uint32Array> => {
  if (rows.size <= MOST_GROUPS) return rows;
  const sorted = [...rows].sort(([a, { length: ofA }], [b, { length: ofB }]) => ofB - ofA || (a < b ? -1 : 1));
  const others = sorted.slice(MOST_GROUPS - 1).map(([, own]) => own);
  const together = new Uint32Array(others.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const own of others) {
    together.set(own, at);
    at += own.length;
  }
  return new Map([...sorted.slice(0, MOST_GROUPS - 1), [OTHERS, together]]);
};

const inOrder = (names: readonly string[], { order }: { readonly order?: readonly string[] }): readonly string[] =>
  order === undefined ? names.toSorted() : order.filter((name) => names.includes(name));

/** The rows of each group, ascending. */
const rowsByGroup = (groupOf: Int32Array, groups: number): readonly Uint32Array[] => {
  const counts = new Uint32Array(groups);
  for (let row = 0; row < groupOf.length; row++) {
    const group = groupOf[row]!;
    if (group >= 0) counts[group] = counts[group]! + 1;
  }
  const rows = Array.from(counts, (count) => new Uint32Array(count));
  counts.fill(0);
  for (let row = 0; row < groupOf.length; row++) {
    const group = groupOf[row]!;
    if (group < 0) continue;
    rows[group]![counts[group]!] = row;
    counts[group] = counts[group]! + 1;
  }
  return rows;
};

const figuresOf = (
  requests: MeasuredRequests,
  rows: Uint32Array,
  { all, slots, hasGaps }: OfRun & { readonly all: number },
): GroupFigures => {
  let [answered, good, judged, stalled] = [0, 0, 0, 0];
  for (const row of rows) {
    if (requests.outcomes[row] === ANSWERED) answered++;
    good += requests.good[row]!;
    judged += requests.judged[row]!;
    stalled += requests.stalled[row]!;
  }
  return {
    requests: rows.length,
    share: round(rows.length / all),
    answered,
    attainment: judged === 0 ? null : round(good / judged),
    stalled: hasGaps && answered > 0 ? round(stalled / answered) : null,
    ttftMs: slottedDistribution({ values: at(requests.ttftMs, rows), slots: at(requests.slots, rows) }, slots),
    tpotMs: columnDistribution(at(requests.tpotMs, rows)),
    e2eMs: columnDistribution(at(requests.e2eMs, rows)),
  };
};

const at = <Column extends Float64Array | Uint32Array>(column: Column, rows: Uint32Array): Column => {
  const values = new (column.constructor as new (length: number) => Column)(rows.length);
  for (let index = 0; index < rows.length; index++) values[index] = column[rows[index]!]!;
  return values;
};

const ANSWERED = OUTCOMES.indexOf('answered');
