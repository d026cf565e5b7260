// Hot path: nothing is sorted here. Latencies come ranked, and rows are gathered once a group.

import { OUTCOMES } from '../../core/event/event.ts';
import { partedColumn } from '../../core/stats/parted-column.ts';
import { rankedColumn, rankedGroups } from '../../core/stats/ranked-column.ts';
import type { SampleColumns } from '../../core/stats/slotted-samples.ts';
import { rankedDistribution, round, withIntervals } from '../distribution.ts';
import type { MeasuredRequests } from '../measured-requests.ts';
import type { Distribution, GroupFigures, RunFigures } from '../summary-schema.ts';
import { type GroupingName, groupings } from './registry.ts';

/** The group of all requests that are in none of the largest groups. */
export const OTHERS = '(others)';

/** A constellation may have ten thousand endpoints: so many groups are kept, and with them a summary stays below some megabytes. */
const MOST_GROUPS = 500;

/** The latencies that groups have, by their columns. */
const LATENCIES = ['ttftMs', 'tpotMs', 'e2eMs'] as const;

type Latency = (typeof LATENCIES)[number];

/** What figures need of the run. */
interface OfRun {
  readonly requests: MeasuredRequests;
  /** How many whole slots of 15 s were measured. */
  readonly slots: number;
  /** Whether the log has the gaps of answers. */
  readonly hasGaps: boolean;
}

/**
 * The latencies of a run, and the figures of each group of each grouping that has any, groups in their order: of more than 500, of the
 * largest, and `(others)`. One latency is ranked at a time: of a million requests each takes twelve megabytes.
 */
export const rankedFigures = (run: OfRun): Pick<RunFigures, Latency | 'by'> => {
  const { requests, slots } = run;
  const { length } = requests;
  const scratch = { into: new Float64Array(length), values: new Float64Array(length), slots: new Uint32Array(length) };
  const divided = requests.groups
    .filter(({ groups }) => groups.names.length > 0)
    .map(({ name, groups, of }) => {
      const kept = largest(groups.names, of);
      return { name, ...kept, rows: rowsByGroup(kept.of, kept.names.length) };
    });
  const latencies = LATENCIES.map((latency) => {
    const ranked = rankedColumn(requests[latency]);
    const all = { seen: ranked.seen, censored: censoredIn(ranked.values) };
    return {
      all: withIntervals(all, { values: ranked.values, slots: requests.slots }, slots),
      byGrouping: divided.map(({ names, of, rows }) =>
        rankedGroups(ranked, { groupOf: of, groups: names.length, into: scratch.into }).map((group, number) =>
          latency === 'ttftMs'
            ? withIntervals(group, sampled(requests, rows[number]!, scratch), slots)
            : rankedDistribution(group),
        ),
      ),
    };
  });
  const [ttftMs, tpotMs, e2eMs] = latencies as unknown as [Ranked, Ranked, Ranked];
  return {
    ttftMs: ttftMs.all,
    tpotMs: tpotMs.all,
    e2eMs: e2eMs.all,
    by: Object.fromEntries(
      divided.map(({ name, names, rows }, place) => {
        const all = rows.reduce((sum, own) => sum + own.length, 0);
        const figuresOf = (group: number): GroupFigures => ({
          ...countsOf(run, rows[group]!),
          share: round(rows[group]!.length / all),
          ttftMs: ttftMs.byGrouping[place]![group]!,
          tpotMs: tpotMs.byGrouping[place]![group]!,
          e2eMs: e2eMs.byGrouping[place]![group]!,
        });
        return [
          name,
          Object.fromEntries(inOrder(names, name).map((group) => [group, figuresOf(names.indexOf(group))])),
        ];
      }),
    ),
  };
};

interface Ranked {
  readonly all: Distribution;
  readonly byGrouping: readonly (readonly Distribution[])[];
}

const censoredIn = (values: Float64Array): number => {
  let count = 0;
  for (const value of values) if (value === Number.POSITIVE_INFINITY) count++;
  return count;
};

const inOrder = (names: readonly string[], grouping: GroupingName): readonly string[] => {
  const { order } = groupings[grouping] as { readonly order?: readonly string[] };
  return order === undefined ? names.toSorted() : order.filter((name) => names.includes(name));
};

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
): Pick<GroupFigures, 'requests' | 'answered' | 'refused' | 'attainment' | 'stalled'> => {
  let [answered, refused, good, judged, stalled] = [0, 0, 0, 0, 0];
  for (const row of rows) {
    if (requests.outcomes[row] === ANSWERED) answered++;
    else if (requests.outcomes[row] === REFUSED) refused++;
    good += requests.good[row]!;
    judged += requests.judged[row]!;
    stalled += requests.stalled[row]!;
  }
  return {
    requests: rows.length,
    answered,
    refused,
    attainment: judged === 0 ? null : round(good / judged),
    stalled: hasGaps && answered > 0 ? round(stalled / answered) : null,
  };
};

const ANSWERED = OUTCOMES.indexOf('answered');
const REFUSED = OUTCOMES.indexOf('refused');

/** The first tokens of a group with their slots, in columns that the next group uses, too. */
const sampled = ({ ttftMs, slots }: MeasuredRequests, rows: Uint32Array, scratch: SampleColumns): SampleColumns => {
  for (let index = 0; index < rows.length; index++) {
    scratch.values[index] = ttftMs[rows[index]!]!;
    scratch.slots[index] = slots[rows[index]!]!;
  }
  return { values: scratch.values.subarray(0, rows.length), slots: scratch.slots.subarray(0, rows.length) };
};
