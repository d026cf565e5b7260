import type { z } from 'zod';
import type { TimeGrid } from '../../sky/path/time-grid.ts';
import { type Foreseeable, layered } from '../model/foreseeable.ts';
import type { Effect } from '../model/link-model.ts';

/** `up` leads from the first end of a path to its second: from users to the router, from the router to a node. */
export type Direction = 'up' | 'down';

/** The part of a scenario file that has the key of an effect. */
export type Section =
  | 'fibre'
  | 'laser'
  | 'access.fibre'
  | 'access.starlink'
  | 'paths'
  | 'paths.laser'
  | 'sites'
  | 'clients';

/** Where an effect acts. */
export interface EffectPlace {
  readonly direction: Direction;
  /** Names the random stream of this effect here: it contains the seed and the key. Both directions share it. */
  readonly stream: string;
  /** The wall-clock instant of run time 0. */
  readonly epochUnixMs: number;
  /** When terminals get new satellites. */
  readonly slots: TimeGrid;
}

/** A cable between two places. */
export interface CablePlace extends EffectPlace {
  readonly greatCircleKm: number;
  /** How many times as long as the great circle the cable is. */
  readonly stretch: number;
}

/** A way through space, from one end to the other. */
export interface WayPlace extends EffectPlace {
  /** What sends in this direction: a dish takes turns to send, a gateway or a satellite does not. */
  readonly sender: 'dish' | 'other';
  /** What receives in this direction. */
  readonly receiver: 'dish' | 'other';
}

/** One dish: the terminal of a site, or the dish of users. Its `stream` is the same on every path that uses the dish. */
export interface DishPlace extends EffectPlace {
  /** Which half of the dish this direction of the path uses. */
  readonly leg: 'uplink' | 'downlink';
  /** Where the dish stands, in degrees east: it gives the local time of day. */
  readonly lonDeg: number;
}

/**
 * One thing that changes what a link does: its key in the scenario file, the schema of its value, and how the effect is built.
 * An effect is a file that exports one of these, and a line in `registry.ts`.
 */
export interface LinkEffect<
  Place extends EffectPlace = EffectPlace,
  Key extends string = string,
  Schema extends z.ZodType = z.ZodType,
> {
  readonly key: Key;
  /** The schema of the value, without a default for the whole; defaults within may differ from section to section. */
  schema(section: Section): Schema;
  /** The value when the file has none. */
  readonly usual: z.input<Schema>;
  /** The effect as it is, and as a forecast knows it: see `foreseeable` and `unforeseen`. */
  build(config: z.output<Schema>, place: Place): Foreseeable<Effect>;
}

/** Makes an effect, with its types inferred from its parts. */
export const linkEffect = <Place extends EffectPlace, Key extends string, Schema extends z.ZodType>(
  effect: LinkEffect<Place, Key, Schema>,
): LinkEffect<Place, Key, Schema> => effect;

/** The effects that `config` has keys for, in series: the first of the list is the innermost. */
export const underEffects = <Place extends EffectPlace>(
  effects: readonly LinkEffect<Place>[],
  config: object,
  place: Place,
): Foreseeable<Effect> =>
  layered(
    ...effects.flatMap((effect) => {
      const said = (config as Readonly<Record<string, unknown>>)[effect.key];
      if (said === undefined) return [];
      return [effect.build(said, { ...place, stream: `${place.stream}/${effect.key}` })];
    }),
  );
