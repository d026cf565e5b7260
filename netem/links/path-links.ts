import type { Ms } from '../../core/time/clock.ts';
import type { Foreseeable } from './model/foreseeable.ts';
import type { Effect, LinkModel } from './model/link-model.ts';

/** A path as its two directions: `forward` from its first place to its second. */
export interface Directions {
  readonly forward: LinkModel;
  readonly back: LinkModel;
  /** When its satellites are re-chosen, in run time: at `offsetMs` and each `periodMs` before and after. Fibre has none. */
  readonly slots?: { readonly periodMs: Ms; readonly offsetMs: Ms };
}

export interface PathLinks extends Directions {
  /**
   * What can be known ahead of time: geometry, the satellites of each slot, the usual overhead and the usual interruption,
   * but none of what is drawn by chance.
   */
  readonly foreseen: Directions;
}

/** One link for either direction. */
export const sameBothWays = ({ actual, foreseen }: Foreseeable<LinkModel>): PathLinks => {
  return { forward: actual, back: actual, foreseen: { forward: foreseen, back: foreseen } };
};

/** The path under an effect that strikes both its directions. */
export const through = ({ actual, foreseen }: Foreseeable<Effect>, links: PathLinks): PathLinks => ({
  ...links,
  forward: actual(links.forward),
  back: actual(links.back),
  foreseen: {
    ...links.foreseen,
    forward: foreseen(links.foreseen.forward),
    back: foreseen(links.foreseen.back),
  },
});
