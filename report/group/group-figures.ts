// Hot path: nothing is sorted here. Latencies come ranked, and rows are gathered once a group.

import { OUTCOMES } from '../../core/event/event.ts';
import { partedColumn } from '../../core/stats/parted-column.ts';
import { type RankedColumn, type RankedGroup, rankedGroups } from '../../core/stats/ranked-column.ts';
import type { SampleColumns } from '../../core/stats/slotted-samples.ts';
import { rankedDistribution, round, withIntervals } from '../distribution.ts';
import type { GroupColumn, MeasuredRequests } from '../measured-requests.ts';
import type { GroupFigures, RunFigures } from '../summary-schema.ts';
import { groupings } from './registry.ts';

/** The group of all requests that are in none of the largest groups. */
export const OTHERS = '(others)';

/** A constellation may have ten thousand endpoints: so many groups are kept, and with them a summary stays below some megabytes. */
const MOST_GROUPS = 500;

/** What figures of groups need of the run. */
interface OfRun {
  readonly requests: MeasuredRequests;
  readonly ttftMs: RankedColumn;
  readonly tpotMs: RankedColumn;
  readonly e2eMs: RankedColumn;
  /** How many whole slots of 15 s were measured. */
  readonly slots: number;
  /** Whether the log has the gaps of answers. */
  readonly hasGaps: boolean;
}

/**
 * The figures of each group of each grouping that has any, groups in their order: of more than 500, of the largest, and `(others)`.
 */
export const figuresByGroup = (run: OfRun): RunFigures['by'] => {
  const { length } = run.requests;
  const [into, values, slots] = [new Float64Array(length), new Float64Array(length), new Uint32Array(length)];
  const known = run.requests.groups.filter(({ groups }) => groups.names.length > 0);
  return Object.fromEntries(known.map((column) => [column.name, groupFigures(run, column, { into, values, slots })]));
};

/** Columns that each grouping uses anew: without them a million requests leave hundreds of megabytes to collect. */
interface Scratch extends SampleColumns {
  readonly into: Float64Array;
}

const groupFigures = (run: OfRun, column: GroupColumn, scratch: Scratch): Readonly<Record<string, GroupFigures>> => {
  const { names, of } = largest(column.groups.names, column.of);
  const rows = rowsByGroup(of, names.length);
  const all = rows.reduce((sum, { length }) => sum + length, 0);
  const inGroups = (latency: RankedColumn): readonly RankedGroup[] =>
    rankedGroups(latency, { groupOf: of, groups: names.length, into: scratch.into });
  const ttft = inGroups(run.ttftMs).map((group, number) =>
    withIntervals(group, sampled(run.requests, rows[number]!, scratch), run.slots),
  );
  const tpot = inGroups(run.tpotMs).map(rankedDistribution);
  const e2e = inGroups(run.e2eMs).map(rankedDistribution);
  return Object.fromEntries(
    inOrder(names, groupings[column.name]).map((name) => {
      const group = names.indexOf(name);
      return [
        name,
        {
          ...countsOf(run, rows[group]!),
          share: round(rows[group]!.length / all),
          ttftMs: ttft[group]!,
          tpotMs: tpot[group]!,
          e2eMs: e2e[group]!,
        },
      ];
    }),
  );
};

const inOrder = (names: readonly string[], { order }: { readonly order?: readonly string[] }): readonly string[] =>
  order === undefined ? names.toSorted() : order.filter((name) => names.includes(name));

interface Groups {
  readonly names: readonly string[];
  /** The group of each row, -1 for none. */
  readonly of: Int32Array;
}

/** The same groups; of too many the largest, and the rest as one behind them. */
const largest = (names: readonly string[], of: Int32Array): Groups => {
  if (names.length <= MOST_GROUPS) return { names, of };
  const sizes = new Uint32Array(names.length);
  for (const group of of) if (group >= 0) sizes[group] = sizes[group]! + 1;
  const kept = [...names.keys()]
    .sort((a, b) => sizes[b]! - sizes[a]! || (names[a]! < names[b]! ? -1 : 1))
    .slice(0, MOST_GROUPS - 1);
  const numbers = new Int32Array(names.length).fill(kept.length);
  for (const [number, group] of kept.entries()) numbers[group] = number;
  return { names: [...kept.map((group) => names[group]!), OTHERS], of: of.map((group) => numbers[group] ?? -1) };
};

/** The rows of each group, ascending. */
const rowsByGroup = (groupOf: Int32Array, groups: number): readonly Uint32Array[] => {
  const counts = new Uint32Array(groups);
  for (const group of groupOf) if (group >= 0) counts[group] = counts[group]! + 1;
  const all = new Uint32Array(counts.reduce((sum, count) => sum + count, 0));
  const rows = partedColumn(all, counts);
  counts.fill(0);
  for (let row = 0; row < groupOf.length; row++) {
    const group = groupOf[row]!;
    if (group < 0) continue;
    rows[group]![counts[group]!] = row;
    counts[group] = counts[group]! + 1;
  }
  return rows;
};

const countsOf = (
  { requests, hasGaps }: OfRun,
  rows: Uint32Array,
): Pick<GroupFigures, 'requests' | 'answered' | 'attainment' | 'stalled'> => {
  let [answered, good, judged, stalled] = [0, 0, 0, 0];
  for (const row of rows) {
    if (requests.outcomes[row] === ANSWERED) answered++;
    good += requests.good[row]!;
    judged += requests.judged[row]!;
    stalled += requests.stalled[row]!;
  }
  return {
    requests: rows.length,
    answered,
    attainment: judged === 0 ? null : round(good / judged),
    stalled: hasGaps && answered > 0 ? round(stalled / answered) : null,
  };
};

const ANSWERED = OUTCOMES.indexOf('answered');

/** The first tokens of a group with their slots, in columns that the next group uses, too. */
const sampled = ({ ttftMs, slots }: MeasuredRequests, rows: Uint32Array, scratch: SampleColumns): SampleColumns => {
  for (let index = 0; index < rows.length; index++) {
    scratch.values[index] = ttftMs[rows[index]!]!;
    scratch.slots[index] = slots[rows[index]!]!;
  }
  return { values: scratch.values.subarray(0, rows.length), slots: scratch.slots.subarray(0, rows.length) };
};
