import type { Effect, LinkModel } from './link-model.ts';

/** Something as it is, and as one foresees it who knows of no script and no draw. */
export interface Foreseeable<T> {
  readonly actual: T;
  readonly foreseen: T;
}

/** The effects one behind the other, the first innermost. */
export const layered = (...layers: readonly Foreseeable<Effect>[]): Foreseeable<Effect> => ({
  actual: (link) => layers.reduce((below, { actual }) => actual(below), link),
  foreseen: (link) => layers.reduce((below, { foreseen }) => foreseen(below), link),
});

/** What no forecast knows of. */
export const unforeseen = (effect: Effect): Foreseeable<Effect> => {
  return { actual: effect, foreseen: (link) => link };
};

/** What a forecast knows of as it is. */
export const foreseeable = (effect: Effect): Foreseeable<Effect> => {
  return { actual: effect, foreseen: effect };
};

/** A link under effects, the first innermost. */
export const stacked = (
  bottom: Foreseeable<LinkModel>,
  ...layers: readonly Foreseeable<Effect>[]
): Foreseeable<LinkModel> => {
  const { actual, foreseen } = layered(...layers);
  return { actual: actual(bottom.actual), foreseen: foreseen(bottom.foreseen) };
};
