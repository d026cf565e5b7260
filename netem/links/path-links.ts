import type { Ms } from '../../core/time/clock.ts';
import type { Direction } from './effect/link-effect.ts';
import type { Foreseeable, SpreadAt } from './model/foreseeable.ts';
import type { LinkModel } from './model/link-model.ts';

/** When a path gets new satellites, in run time: at `offsetMs` and each `periodMs` before and after. */
interface SlotPeriod {
  readonly periodMs: Ms;
  readonly offsetMs: Ms;
}

/** One direction of a dish: all paths that use it share its rate. */
export interface DishRate {
  /** The site, and `up` or `down`. */
  readonly name: string;
  /** Kilobits a second without rain; 0 is unlimited. */
  readonly rateKbps: number;
}

/** A path as its two directions: `forward` from its first place to its second. */
export interface Directions {
  readonly forward: LinkModel;
  readonly back: LinkModel;
  /** Fibre has none. */
  readonly slots?: SlotPeriod;
  /** The directions of dishes that messages pass, in order. Missing where the path shares no dish. */
  readonly dishes?: { readonly forward: readonly DishRate[]; readonly back: readonly DishRate[] };
}

/** What a forecast knows of a path: its directions, and how far the draws go that it does not know. */
export interface ForeseenDirections extends Directions {
  readonly spread: { readonly forward: SpreadAt; readonly back: SpreadAt };
}

export interface PathLinks extends Directions {
  /**
   * What can be known ahead of time: geometry, the satellites that are planned for a laser path, the median over those that a user's dish
   * may be given, the usual overhead and the usual interruption, but none of what is drawn by chance.
   */
  readonly foreseen: ForeseenDirections;
}

/** Both directions of a path, each made by `linkOf`. */
export const bothWays = (linkOf: (direction: Direction) => Foreseeable<LinkModel>, slots?: SlotPeriod): PathLinks => {
  const [up, down] = [linkOf('up'), linkOf('down')];
  const held = slots === undefined ? {} : { slots };
  return {
    forward: up.actual,
    back: down.actual,
    ...held,
    foreseen: {
      forward: up.foreseen,
      back: down.foreseen,
      ...held,
      spread: { forward: up.spread ?? noSpread, back: down.spread ?? noSpread },
    },
  };
};

/** The spread of a delay that is known. */
export const noSpread: SpreadAt = () => NONE;

const NONE = { belowUs: 0, aboveUs: 0 };
