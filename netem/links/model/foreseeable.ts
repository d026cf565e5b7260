import type { Ms } from '../../../core/time/clock.ts';
import type { Effect, LinkModel } from './link-model.ts';

/** How far a delay may be from the foreseen one: from its 5 % to its 95 % quantile, both at least 0, in microseconds. */
export interface Spread {
  readonly belowUs: number;
  readonly aboveUs: number;
}

/** The spread of what is foreseen for an instant. */
export type SpreadAt = (atMs: Ms) => Spread;

/** A thing as it is, and as a forecast knows it: without scripts and random draws. */
export interface Foreseeable<T> {
  readonly actual: T;
  readonly foreseen: T;
  /** How far the draws go that the forecast does not know. Without it, nothing is left to chance. */
  readonly spread?: SpreadAt;
}

/** The effects in series, the first innermost. */
export const layered = (...layers: readonly Foreseeable<Effect>[]): Foreseeable<Effect> => ({
  actual: (link) => layers.reduce((below, { actual }) => actual(below), link),
  foreseen: (link) => layers.reduce((below, { foreseen }) => foreseen(below), link),
  ...combinedSpread(layers),
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
  return { actual: actual(bottom.actual), foreseen: foreseen(bottom.foreseen), ...combinedSpread([bottom, ...layers]) };
};

/** Independent draws add up by their squares; for skewed ones this is an approximation, on each side for itself. */
const combinedSpread = (parts: readonly { readonly spread?: SpreadAt }[]): { readonly spread?: SpreadAt } => {
  const spreads = parts.flatMap(({ spread }) => (spread === undefined ? [] : [spread]));
  const [only] = spreads;
  if (only === undefined) return {};
  if (spreads.length === 1) return { spread: only };
  return {
    spread: (atMs) => {
      const all = spreads.map((spread) => spread(atMs));
      return {
        belowUs: Math.hypot(...all.map(({ belowUs }) => belowUs)),
        aboveUs: Math.hypot(...all.map(({ aboveUs }) => aboveUs)),
      };
    },
  };
};
