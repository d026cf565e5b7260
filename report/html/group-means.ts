import { mean } from '../../core/stats/quantile.ts';
import { type GroupingName, groupings } from '../group/registry.ts';
import type { GroupFigures } from '../summary-schema.ts';
import type { Contender } from './contender.ts';

/** The mean over the seeds of a figure of one group; null where it is not known in each of them, and for a policy that sent nothing there. */
export const groupMean = (
  { runs }: Contender,
  grouping: GroupingName,
  group: string,
  of: (figures: GroupFigures) => number | null,
): number | null => {
  const found = runs.flatMap(({ figures }) => figures.by[grouping]?.[group] ?? []);
  const values = found.map(of).filter((value) => value !== null);
  return found.length === 0 || values.length < found.length ? null : mean(values);
};

/** The groups that any policy has, in their order. */
export const groupsOf = (contenders: readonly Contender[], grouping: GroupingName): readonly string[] => {
  const all = new Set(
    contenders.flatMap(({ runs }) => runs.flatMap(({ figures }) => Object.keys(figures.by[grouping] ?? {}))),
  );
  const { order } = groupings[grouping] as { readonly order?: readonly string[] };
  return order?.filter((group) => all.has(group)) ?? [...all].sort();
};
