import { boundaryEffect } from './boundary.ts';
import { congestionEffect } from './congestion.ts';
import { cutsEffect } from './cuts.ts';
import type { CablePlace, LinkEffect, TerminalPlace } from './link-effect.ts';
import { loadEffect } from './load.ts';
import { outagesEffect } from './outages.ts';
import { overheadEffect } from './overhead.ts';
import { rainEffect } from './rain.ts';

/** The effects of a network, grouped by what they act on. Within a list the first is the innermost. */
export interface LinkEffects {
  /** One cable: keys of `network.fibre`, `network.access.fibre` and `paths.*.fibre`. */
  readonly cable: readonly LinkEffect<CablePlace>[];
  /** The lasers of a path through space: keys of `network.laser` and `paths.*.laser`. */
  readonly laser: readonly LinkEffect[];
  /** Terminals and satellites of a way through space: keys of `network.laser` and `network.access.starlink`. */
  readonly terminal: readonly LinkEffect<TerminalPlace>[];
  /** The dish at a site, on top of its terminal: keys of `sites.*`. They apply to every path of that dish. */
  readonly dish: readonly LinkEffect[];
  /** A whole path from the router to a site: keys of `paths.*`, and of `paths.*.laser` for its way through space. */
  readonly path: readonly LinkEffect[];
  /** The whole access of users over Starlink, including the cable behind the PoP: keys of `network.access.starlink`. */
  readonly starlinkAccess: readonly LinkEffect[];
}

/** Every effect: to add one, write its file and add it to the list of what it acts on. */
export const linkEffects = {
  cable: [congestionEffect, cutsEffect],
  laser: [congestionEffect],
  terminal: [overheadEffect, boundaryEffect],
  dish: [rainEffect],
  path: [outagesEffect],
  starlinkAccess: [loadEffect],
} as const satisfies LinkEffects;
