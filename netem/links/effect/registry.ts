import { boundaryEffect } from './boundary.ts';
import { busyHoursEffect } from './busy-hours.ts';
import { congestionEffect } from './congestion.ts';
import { cutsEffect } from './cuts.ts';
import type { CablePlace, DishPlace, LinkEffect, WayPlace } from './link-effect.ts';
import { loadEffect } from './load.ts';
import { obstructionEffect } from './obstruction.ts';
import { outagesEffect } from './outages.ts';
import { overheadEffect } from './overhead.ts';
import { rainEffect } from './rain.ts';

/** The effects of a network, grouped by what they act on. Within a list the first is the innermost. */
export interface LinkEffects {
  /** One cable: keys of `network.fibre`, `network.access.fibre` and `paths.*.fibre`. */
  readonly cable: readonly LinkEffect<CablePlace>[];
  /** The lasers of a path through space: keys of `network.laser` and `paths.*.laser`. */
  readonly laser: readonly LinkEffect[];
  /** A way through space from end to end: keys of `network.laser`, `network.access.starlink` and `clients.*.access`. */
  readonly way: readonly LinkEffect<WayPlace>[];
  /** What is over a site, and so on every dish there: keys of `sites.*`. */
  readonly weather: readonly LinkEffect[];
  /**
   * One dish, on every path of it: keys of `network.laser` for the terminals of sites and of `network.access.starlink` for the
   * dishes of users, and of `sites.*` and `clients.*.access` for a single one.
   */
  readonly dish: readonly LinkEffect<DishPlace>[];
  /** A whole path from the router to a site: keys of `paths.*`, and of `paths.*.laser` for its way through space. */
  readonly path: readonly LinkEffect[];
}

/** Every effect: to add one, write its file and add it to the list of what it acts on. */
export const linkEffects = {
  cable: [congestionEffect, cutsEffect],
  laser: [congestionEffect],
  way: [overheadEffect],
  weather: [rainEffect],
  dish: [boundaryEffect, obstructionEffect, busyHoursEffect, loadEffect],
  path: [outagesEffect],
} as const satisfies LinkEffects;
