import { vacuumUs } from '../../../core/units.ts';
import { accessChoices } from '../../sky/path/access-choices.ts';
import { type AccessPoint, gatewaysOf } from '../../sky/path/access-points.ts';
import { accessRouteUs, type Gateway, hasLasers } from '../../sky/path/access-route.ts';
import { bentPipeRouteKm } from '../../sky/path/bent-pipe-paths.ts';
import { fibreDelayUs } from '../../sky/path/fibre-delay.ts';
import { greatCircleKm } from '../../sky/path/great-circle.ts';
import { laserRouteKm } from '../../sky/path/laser-route.ts';
import { memoByIndex } from '../../sky/path/memo-by-index.ts';
import { FARTHEST_KM, orbitalSite } from '../../sky/path/orbital-site.ts';
import type { OrbitalPlace, Place } from '../../sky/path/place.ts';
import type { Site } from '../../sky/path/site.ts';
import { type Space, spaceOf } from '../../sky/path/space.ts';
import type { TimeGrid } from '../../sky/path/time-grid.ts';
import type { NetworkConfig } from '../schema.ts';
import { chosenWay } from './chosen-way.ts';
import type { Foreseeable } from './foreseeable.ts';
import { leoLink } from './leo-link.ts';
import type { LinkModel } from './link-model.ts';

/**
 * The ways through the one constellation of a run, without the effects of terminals. Both directions of a path, and nodes
 * at one site, share the computation of their way.
 */
export class WaysThroughSpace {
  readonly #config: NetworkConfig;
  readonly #space: Foreseeable<Space>;
  readonly #known = new Map<string, Foreseeable<LinkModel>>();

  /** @throws ConfigError when the constellation cannot be laid out. */
  constructor(options: { readonly config: NetworkConfig; readonly epochUnixMs: number; readonly seed: number }) {
    const { config, epochUnixMs, seed } = options;
    this.#config = config;
    const { constellation, stepMs } = config;
    const { failures } = constellation;
    const actual = spaceOf({ constellation, failures, stepMs, epochUnixMs, seed });
    const isForeseen = failures === undefined || failures.planned;
    this.#space = { actual, foreseen: isForeseen ? actual : spaceOf({ constellation, stepMs, epochUnixMs, seed }) };
  }

  /** When terminals get new satellites. */
  get slots(): TimeGrid {
    return this.#space.actual.slots;
  }

  /** From terminal to terminal: over lasers, or over gateways where the constellation has none. */
  betweenTerminals(from: Place, to: Place): Foreseeable<LinkModel> {
    return this.#shared(`laser/${keyOf(from)}/${keyOf(to)}`, () =>
      this.#way(leastUs(from, to), (space) => routeUs(space, space.sky.site(from), space.sky.site(to))),
    );
  }

  /** With an end in orbit, or two. @throws ConfigError when there is no such satellite. */
  inOrbit(from: Place | OrbitalPlace, to: Place | OrbitalPlace): Foreseeable<LinkModel> {
    return this.#way(vacuumUs(FARTHEST_KM), (space) =>
      routeUs(space, this.#siteOf(space, from), this.#siteOf(space, to)),
    );
  }

  /** From users over a gateway station to their PoP. Nobody knows which satellite their dish will be given: a forecast has a spread. */
  toPop(client: Place, pop: AccessPoint): Foreseeable<LinkModel> {
    return this.#shared(`access/${keyOf(client)}/${pop.name}`, () => {
      const downDelayUs = leastUs(client, pop);
      const { sky, takesShortest } = this.#space.foreseen;
      const way = this.#way(downDelayUs, (space) =>
        accessRouteUs(space, space.sky.site(client), this.#gateways(space, pop)),
      );
      if (takesShortest || !hasLasers(this.#space.foreseen)) return way; // the satellite is not drawn then
      const choices = memoByIndex(
        accessChoices(this.#space.foreseen, sky.site(client), this.#gateways(this.#space.foreseen, pop)),
      );
      return { actual: way.actual, ...chosenWay({ slots: this.slots, choices, otherwise: way.foreseen }) };
    });
  }

  #gateways(space: Space, pop: AccessPoint): readonly Gateway[] {
    const { fibre, access } = this.#config;
    const { gatewayReachKm, gateways } = access.starlink;
    return gatewaysOf(pop, { reachKm: gatewayReachKm, most: gateways }).map((gateway) => ({
      site: space.sky.site(gateway),
      fibreUs: fibreDelayUs(greatCircleKm(gateway, pop), fibre.stretch),
    }));
  }

  #siteOf({ sky }: Space, place: Place | OrbitalPlace): Site {
    return 'satellite' in place ? orbitalSite(sky, this.#config.constellation, place) : sky.site(place);
  }

  #shared(key: string, make: () => Foreseeable<LinkModel>): Foreseeable<LinkModel> {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const way = make();
    this.#known.set(key, way);
    return way;
  }

  /** A forecast does not know of failures, so it may have another way. */
  #way(downDelayUs: number, route: Route): Foreseeable<LinkModel> {
    const through = (space: Space) => leoLink({ steps: space.steps, routeUs: route(space), downDelayUs });
    const { actual, foreseen } = this.#space;
    const way = through(actual);
    return { actual: way, foreseen: foreseen === actual ? way : through(foreseen) };
  }
}

/** One-way time in microseconds at each step; Infinity when there is no way. */
type Route = (space: Space) => (step: number) => number;

const routeUs = (space: Space, from: Site, to: Site): ReturnType<Route> => {
  const routeOf = space.sky.constellation.usesGateways ? bentPipeRouteKm : laserRouteKm;
  const routeKm = routeOf(space, from, to);
  return (step) => vacuumUs(routeKm(step));
};

/** While a way is down, its delay is the lower bound of any way. */
const leastUs = (from: Place, to: AccessPoint): number => vacuumUs(SPHERE_ERROR * greatCircleKm(from, to));

/** The mean sphere is within 0.6 % of the ellipsoid, so with this factor it is never shorter than the straight line. */
const SPHERE_ERROR = 1.006;

const keyOf = ({ name, latDeg, lonDeg }: Place): string => `${name}@${latDeg},${lonDeg}`;
