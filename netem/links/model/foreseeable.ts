import type { Effect, LinkModel } from './link-model.ts';

/** A thing as it is, and as a forecast knows it: without scripts and random draws. */
export interface Foreseeable<T> {
  readonly actual: T;
  readonly foreseen: T;
}

/** The effects in series, the first innermost. */
export const layered = (...layers: readonly Foreseeable<Effect>[]): Foreseeable<Effect> => ({
  actual: (link) => layers.reduce((below, { actual }) => actual(below), link),
  foreseen: (link) => layers.reduce((below, { foreseen }) => foreseen(below), link),
});

/** An effect that a forecast does not include. */
export const unforeseen = (effect: Effect): Foreseeable<Effect> => {
  return { actual: effect, foreseen: (link) => link };
};

/** An effect that a forecast knows as it is. */
export const foreseeable = (effect: Effect): Foreseeable<Effect> => {
  return { actual: effect, foreseen: effect };
};

/** A link with effects, the first innermost. */
export const stacked = (
  bottom: Foreseeable<LinkModel>,
  ...layers: readonly Foreseeable<Effect>[]
): Foreseeable<LinkModel> => {
  const { actual, foreseen } = layered(...layers);
  return { actual: actual(bottom.actual), foreseen: foreseen(bottom.foreseen) };
};
