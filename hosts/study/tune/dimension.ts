import { normal } from '../../../core/random/distributions.ts';
import type { Rng } from '../../../core/random/rng.ts';

/** A value of a parameter. */
export type Value = number | string | boolean;

/** Where the values of a parameter are looked for. */
export type Range =
  | {
      readonly kind: 'numbers';
      readonly from: number;
      readonly to: number;
      readonly isWhole: boolean;
      /** The distance between two values; null where any number will do. */
      readonly step: number | null;
    }
  | { readonly kind: 'values'; readonly values: readonly Value[] };

/** One parameter that is searched. */
export interface Dimension {
  /** Its path in the scenario. */
  readonly path: string;
  /** What the scenario has now; null where it says nothing. */
  readonly usual: Value | null;
  readonly range: Range;
}

/** The value at `position`, 0 to 1 through the range: in equal ratios where the range spans two decades or more, else in equal steps. */
export const valueAtPosition = ({ range }: Pick<Dimension, 'range'>, position: number): Value => {
  if (range.kind === 'values')
    return range.values[Math.min(range.values.length - 1, Math.floor(position * range.values.length))]!;
  const { from, to, isWhole, step } = range;
  const plain = isLog(range) ? from * (to / from) ** position : from + position * (to - from);
  if (step !== null) {
    const steps = Math.min(Math.round((plain - from) / step), Math.floor((to - from) / step + 1e-9));
    return Number((from + steps * step).toPrecision(12));
  }
  const rounded = isWhole ? Math.round(plain) : Number(plain.toPrecision(DIGITS));
  return Math.min(to, Math.max(from, rounded));
};

/** Where a value is in the range, 0 to 1; a value beyond it is at its end. */
const positionOf = ({ range }: Pick<Dimension, 'range'>, value: Value): number => {
  if (range.kind === 'values') return (Math.max(0, range.values.indexOf(value)) + 0.5) / range.values.length;
  const { from, to } = range;
  if (from === to) return 0;
  const at = Math.min(to, Math.max(from, Number(value)));
  return isLog(range) ? Math.log(at / from) / Math.log(to / from) : (at - from) / (to - from);
};

/** A value near `value`: `width` is the standard deviation of the step, as a share of the range. Of values without an order any other. */
export const neighbourOf = (
  dimension: Dimension,
  value: Value,
  { width, rng }: { readonly width: number; readonly rng: Rng },
): Value => {
  const { range } = dimension;
  if (range.kind === 'values') {
    const others = range.values.filter((other) => other !== value);
    return others.length === 0 ? value : others[rng.below(others.length)]!;
  }
  const moved = positionOf(dimension, value) + width * normal(rng);
  return valueAtPosition(dimension, moved < 0 ? Math.min(1, -moved) : moved > 1 ? Math.max(0, 2 - moved) : moved);
};

const isLog = ({ from, to }: { readonly from: number; readonly to: number }): boolean => from > 0 && to / from >= 100;

/** So many digits of a value are searched, and written: more would say what no experiment can tell. */
const DIGITS = 3;
