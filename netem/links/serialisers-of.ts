import { freeLine, type Line, type Passage, Serialiser } from './model/serialiser.ts';
import type { Directions, DishRate } from './path-links.ts';

/** Both directions of a path. */
export interface PathSerialisers {
  readonly forward: Serialiser;
  readonly back: Serialiser;
}

/**
 * Makes the serialisers of paths, so that those of one dish share its uplink and its downlink. One for all paths that a process
 * plays: paths of another process share nothing with them.
 */
export const sharingSerialisers = (): ((links: Directions) => PathSerialisers) => {
  const lines = new Map<string, Line>();
  const lineOf = (name: string): Line => {
    const known = lines.get(name);
    if (known !== undefined) return known;
    const line = freeLine();
    lines.set(name, line);
    return line;
  };
  const serialiser = (dishes: readonly DishRate[] | undefined): Serialiser =>
    dishes === undefined || dishes.length === 0 ? new Serialiser() : new Serialiser(passagesOf(dishes, lineOf));
  return ({ dishes }) => ({ forward: serialiser(dishes?.forward), back: serialiser(dishes?.back) });
};

/** The slowest dish is passed at the rate of the link, which rain lowers; the others at their own. */
const passagesOf = (dishes: readonly DishRate[], lineOf: (name: string) => Line): readonly Passage[] => {
  const slowest = dishes.reduce((one, other) => (isSlower(other, one) ? other : one));
  return dishes.map((dish) => ({ line: lineOf(dish.name), rateKbps: dish === slowest ? null : dish.rateKbps }));
};

const isSlower = ({ rateKbps: a }: DishRate, { rateKbps: b }: DishRate): boolean => a !== 0 && (b === 0 || a < b);
