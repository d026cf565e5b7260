/** The minimum and the maximum of a group of samples, in the order they came; both NaN when no sample is a number. */
export interface Reach {
  readonly first: number;
  readonly second: number;
}

/** Divides samples into `count` groups of equal length and keeps the extremes of each for a plot. NaN means a gap. */
export const envelope = (samples: ArrayLike<number>, count: number): readonly Reach[] =>
  Array.from({ length: count }, (_, column) => {
    const from = Math.floor((column * samples.length) / count);
    const to = Math.max(from + 1, Math.floor(((column + 1) * samples.length) / count));
    return reachOf(samples, from, to);
  });

const reachOf = (samples: ArrayLike<number>, from: number, to: number): Reach => {
  let least = -1;
  let greatest = -1;
  for (let index = from; index < to; index++) {
    if (Number.isNaN(samples[index]!)) continue;
    if (least === -1 || samples[index]! < samples[least]!) least = index;
    if (greatest === -1 || samples[index]! > samples[greatest]!) greatest = index;
  }
  const at = (index: number): number => (index === -1 ? Number.NaN : samples[index]!);
  return { first: at(Math.min(least, greatest)), second: at(Math.max(least, greatest)) };
};
