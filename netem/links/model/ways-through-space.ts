import { vacuumUs } from '../../../core/units.ts';
import type { FailuresConfig } from '../../sky/failures-schema.ts';
import { accessChoices } from '../../sky/path/access-choices.ts';
import { type AccessPoint, gatewaysOf } from '../../sky/path/access-points.ts';
import { accessRouteOverUs, drawsSatellites, type Gateway } from '../../sky/path/access-route.ts';
import { bentPipeRouteKm } from '../../sky/path/bent-pipe-paths.ts';
import { fibreDelayUs } from '../../sky/path/fibre-delay.ts';
import type { Geometry } from '../../sky/path/geometry.ts';
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
  readonly #geometry: Geometry | undefined;
  /** What fails, in the names of ways. */
  readonly #failing: string;
  readonly #known = new Map<string, Foreseeable<LinkModel>>();

  /** @throws ConfigError when the constellation cannot be laid out. */
  constructor(options: {
    readonly config: NetworkConfig;
    readonly epochUnixMs: number;
    readonly seed: number;
    /** Where what is computed of ways is kept; without it, it is not. */
    readonly geometry?: Geometry | undefined;
  }) {
    const { config, epochUnixMs, seed, geometry } = options;
    this.#config = config;
    this.#geometry = geometry;
    this.#failing = failingName(config.constellation.failures, seed);
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
    const name = `laser/${keyOf(from)}/${keyOf(to)}`;
    return this.#shared(name, () =>
      this.#way(name, leastUs(from, to), (space) =>
        alwaysOne(routeUs(space, space.sky.site(from), space.sky.site(to))),
      ),
    );
  }

  /** With an end in orbit, or two. @throws ConfigError when there is no such satellite. */
  inOrbit(from: Place | OrbitalPlace, to: Place | OrbitalPlace): Foreseeable<LinkModel> {
    return this.#way(`orbit/${JSON.stringify([from, to].map(orbitKeyOf))}`, vacuumUs(FARTHEST_KM), (space) =>
      alwaysOne(routeUs(space, this.#siteOf(space, from), this.#siteOf(space, to))),
    );
  }

  /** From users over a gateway station to their PoP. Nobody knows which satellite their dish will be given: a forecast has a spread. */
  toPop(client: Place, pop: AccessPoint): Foreseeable<LinkModel> {
    const name = `access/${keyOf(client)}/${pop.name}`;
    return this.#shared(name, () => {
      const downDelayUs = leastUs(client, pop);
      const { sky } = this.#space.foreseen;
      const way = this.#way(name, downDelayUs, (space) =>
        overDrawn(space, space.sky.site(client), this.#gateways(space, pop)),
      );
      if (!drawsSatellites(this.#space.foreseen)) return way;
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
  #way(name: string, downDelayUs: number, route: (space: Space) => Route): Foreseeable<LinkModel> {
    const through = (space: Space, failing: string) => {
      const { tagOf, usAt, answers } = route(space);
      const { steps } = space;
      const direct = (step: number): number => usAt(step, tagOf(steps.slotOf(step)));
      const routeUs = this.#geometry?.way(`${name}${failing}`, { tagOf, usAt, answers }) ?? direct;
      return leoLink({ steps, routeUs, downDelayUs });
    };
    const { actual, foreseen } = this.#space;
    const way = through(actual, this.#failing);
    return { actual: way, foreseen: foreseen === actual ? way : through(foreseen, '') };
  }
}

/** The one-way time of a way: see `Geometry.way`. Infinity when there is no way. */
type Route = Parameters<Geometry['way']>[1];

/** A route that nothing is drawn for. */
const alwaysOne = (usAt: (step: number) => number): Route => ({ tagOf: () => 0, usAt, answers: 1 });

/** From a user over the satellite that is drawn for them: its number + 1, or 0 where there is none. */
const overDrawn = (space: Space, user: Site, gateways: readonly Gateway[]): Route => {
  const overUs = accessRouteOverUs(space, user, gateways);
  if (!drawsSatellites(space)) return alwaysOne((step) => overUs(-1, step));
  return {
    tagOf: (slot) => space.serving.held(user, slot) + 1,
    usAt: (step, tag) => overUs(tag - 1, step),
    answers: SATELLITES_KEPT,
  };
};

/** High satellites are preferred, so few of those in view are drawn under most seeds. */
const SATELLITES_KEPT = 16;

/** One-way time in microseconds at each step. */
const routeUs = (space: Space, from: Site, to: Site): ((step: number) => number) => {
  const routeOf = space.sky.constellation.usesGateways ? bentPipeRouteKm : laserRouteKm;
  const routeKm = routeOf(space, from, to);
  return (step) => vacuumUs(routeKm(step));
};

/** While a way is down, its delay is the lower bound of any way. */
const leastUs = (from: Place, to: AccessPoint): number => vacuumUs(SPHERE_ERROR * greatCircleKm(from, to));

/** The mean sphere is within 0.6 % of the ellipsoid, so with this factor it is never shorter than the straight line. */
const SPHERE_ERROR = 1.006;

const orbitKeyOf = (place: Place | OrbitalPlace): unknown =>
  'satellite' in place ? [place.name, place.satellite] : keyOf(place);

/** Failures are a part of the geometry, and under another seed others may be drawn. */
const failingName = (failures: FailuresConfig | undefined, seed: number): string => {
  if (failures === undefined) return '';
  return failures.satelliteShare > 0 || failures.laserShare > 0 ? `/failing/${seed}` : '/failing';
};

const keyOf = ({ name, latDeg, lonDeg }: Place): string => `${name}@${latDeg},${lonDeg}`;
