import { ConfigError } from '../../core/config/config-error.ts';
import { overridden } from '../../core/config/overrides.ts';
import { type AccessPoint, POPS, popNamed, popNear } from '../sky/path/access-points.ts';
import type { Geometry } from '../sky/path/geometry.ts';
import type { OrbitalPlace, Place } from '../sky/path/place.ts';
import { SLOT_MS } from '../sky/path/time-grid.ts';
import { cable } from './cable.ts';
import { drawnOverhead, populationOf } from './dish-population.ts';
import type { SiteDish, UserDish } from './dish-schema.ts';

import type { EffectConfigs } from './effect/effect-shapes.ts';
import { type Direction, type DishPlace, type EffectPlace, underEffects, type WayPlace } from './effect/link-effect.ts';
import { type LinkEffects, linkEffects } from './effect/registry.ts';
import { type Foreseeable, layered, stacked } from './model/foreseeable.ts';
import { inSeries } from './model/in-series.ts';
import type { Effect } from './model/link-model.ts';
import { slowerKbps } from './model/slower-rate.ts';
import { WaysThroughSpace } from './model/ways-through-space.ts';
import { bothWays, type DishRate, type PathLinks } from './path-links.ts';
import { type PathConfig, pathSchema } from './path-schema.ts';
import type { NetworkConfig } from './schema.ts';
import { terminals } from './terminals.ts';

export type Medium = 'fibre' | 'laser';

/** A place on the ground, with its weather and what is special about its terminal. */
export type GroundPlace = Place & EffectConfigs<typeof linkEffects.weather> & SiteDish;

/** A site: on the ground, or on board a satellite. */
export type NetworkSite = GroundPlace | OrbitalPlace;

/** The network of one run: every path as links that are pure functions of run time and share one constellation. */
export class Network {
  /** The PoPs that `access` can use. */
  readonly pops: readonly AccessPoint[] = POPS;
  readonly #config: NetworkConfig;
  readonly #epochUnixMs: number;
  readonly #seed: number;
  readonly #effects: LinkEffects;
  readonly #ways: WaysThroughSpace;

  /** @throws ConfigError when the constellation cannot be laid out. */
  constructor(options: {
    readonly config: NetworkConfig;
    readonly epochUnixMs: number;
    readonly seed: number;
    /** What may act on a link; those of the registry by default. */
    readonly effects?: LinkEffects;
    /** Where the lengths of ways through space are kept; without it, they are not. */
    readonly geometry?: Geometry | undefined;
  }) {
    const { config, epochUnixMs, seed, effects = linkEffects } = options;
    this.#config = config;
    this.#epochUnixMs = epochUnixMs;
    this.#seed = seed;
    this.#effects = effects;
    this.#ways = new WaysThroughSpace(options);
  }

  /**
   * Between two sites. @throws ConfigError when a laser path lacks a terminal at an end, when fibre is to reach a satellite,
   * and when there is no such satellite.
   */
  path(options: {
    readonly from: NetworkSite;
    readonly to: NetworkSite;
    readonly medium: Medium;
    /** The keys in which this path differs from the others. */
    readonly config?: PathConfig | undefined;
  }): PathLinks {
    const { from, to, medium, config = PLAIN_PATH } = options;
    const stream = `paths/${from.name}/${to.name}`;
    const onPath = (direction: Direction) => underEffects(this.#effects.path, config, this.#place(stream, direction));
    if (medium === 'fibre') {
      const fibre = { ...this.#config.fibre, ...config.fibre };
      return bothWays((direction) => stacked(this.#cable(from, to, fibre, direction), onPath(direction)));
    }
    const { laser = {} } = config;
    const laserConfig = { ...this.#config.laser, ...laser };
    const throughSpace = this.#laserPath(from, to, laserConfig);
    const links = bothWays(
      (direction) =>
        stacked(
          throughSpace.way,
          throughSpace.lasers(direction),
          throughSpace.terminals(direction),
          this.#terminal(from, direction, 'up'),
          from.name === to.name ? layered() : this.#terminal(to, direction, 'down'),
          underEffects(this.#effects.path, laser, this.#place(`${stream}/laser`, direction)),
          onPath(direction),
        ),
      this.#slotPeriod(),
    );
    return laserConfig.sharedDish ? { ...links, dishes: dishesOf(from, to, laserConfig) } : links;
  }

  /** A path between two sites that was measured, under the events that `config` has for it. */
  measured(options: {
    readonly from: NetworkSite;
    readonly to: NetworkSite;
    readonly links: PathLinks;
    readonly config: PathConfig;
  }): PathLinks {
    const { from, to, links, config } = options;
    const stream = `paths/${from.name}/${to.name}`;
    return bothWays((direction) => {
      const way = direction === 'up' ? 'forward' : 'back';
      const measured = { actual: links[way], foreseen: links.foreseen[way] };
      return stacked(measured, underEffects(this.#effects.path, config, this.#place(stream, direction)));
    });
  }

  /**
   * From users to the site of a router. Without `pop` the nearest one serves. The PoP matters for Starlink only, and not for a
   * router in orbit, which is reached over lasers. @throws ConfigError when there is no PoP or satellite of that name.
   */
  access(options: {
    /** Where the users are. */
    readonly client: GroundPlace;
    /** What the users are called: users of another name have another dish. The name of their place by default. */
    readonly name?: string;
    readonly kind: 'fibre' | 'starlink';
    readonly pop?: string | undefined;
    /** What is special about their dish. */
    readonly dish?: UserDish | undefined;
    readonly to: NetworkSite;
  }): PathLinks {
    const { client, kind, to, name = client.name } = options;
    if (kind === 'fibre') {
      const { fibre } = this.#config.access;
      return bothWays((direction) => this.#cable(client, to, fibre, direction));
    }
    const starlink = this.#userDish(name, options.dish);
    const pop = options.pop === undefined ? popNear(client) : popNamed(options.pop);
    const isInOrbit = 'satellite' in to;
    const user = { ...client, name };
    const way = isInOrbit ? this.#ways.inOrbit(user, to) : this.#ways.toPop(user, pop);
    const stream = `access/${name}/${isInOrbit ? to.name : pop.name}`;
    return bothWays((direction) => {
      const place = this.#place(stream, direction);
      return stacked(
        way,
        terminals(starlink, this.#effects.way, { ...place, ...endsOf(direction, ['dish', 'other']) }),
        this.#dish(client, starlink, { ...this.#place(`clients/${name}`, direction), leg: legOf(direction, 'up') }),
        isInOrbit ? layered() : this.#behindPop(pop, to, direction),
      );
    }, this.#slotPeriod());
  }

  /** What the dish of that client is like: what its population draws for it, and over that what is special about it. */
  #userDish(name: string, own: UserDish = {}): Starlink {
    const { starlink } = this.#config.access;
    const population = populationOf(own.population ?? starlink.population);
    const drawn =
      population === null ? {} : { overhead: drawnOverhead(population, `${this.#seed}/clients/${name}/population`) };
    // A queue is bounded in milliseconds or in bytes, and not in both: what is said of one dish replaces it whole.
    const { queue = starlink.queue, burstLoss = starlink.burstLoss, ...keys } = own;
    return {
      ...overridden<Starlink>({ ...starlink, ...drawn }, keys),
      ...(queue === undefined ? {} : { queue }),
      ...(burstLoss === undefined ? {} : { burstLoss }),
    };
  }

  #laserPath(from: NetworkSite, to: NetworkSite, laser: NetworkConfig['laser']) {
    for (const place of [from, to]) {
      if ('satellite' in place || place.terminal) continue;
      throw new ConfigError(`sites.${place.name}.terminal`, 'is false; a laser path needs one at both ends');
    }
    const rateKbps = slowerKbps(laser.upKbps, laser.downKbps);
    const layers = { ...laser, upKbps: rateKbps, downKbps: rateKbps };
    const ends = [endOf(from), endOf(to)] as const;
    const stream = `laser/${from.name}/${to.name}`;
    return {
      way:
        'satellite' in from || 'satellite' in to ? this.#ways.inOrbit(from, to) : this.#ways.betweenTerminals(from, to),
      lasers: (direction: Direction) => underEffects(this.#effects.laser, layers, this.#place(stream, direction)),
      terminals: (direction: Direction) =>
        terminals(layers, this.#effects.way, { ...this.#place(stream, direction), ...endsOf(direction, ends) }),
    };
  }

  #cable(
    from: NetworkSite | AccessPoint,
    to: NetworkSite | AccessPoint,
    fibre: NetworkConfig['fibre'],
    direction: Direction,
  ) {
    const place = this.#place(`cable/${from.name}/${to.name}`, direction);
    return cable({ ends: [grounded(from), grounded(to)], fibre, effects: this.#effects.cable, place });
  }

  #behindPop(pop: AccessPoint, to: NetworkSite, direction: Direction): Foreseeable<Effect> {
    const { actual, foreseen } = this.#cable(pop, to, this.#config.fibre, direction);
    return { actual: (link) => inSeries(link, actual), foreseen: (link) => inSeries(link, foreseen) };
  }

  /** The terminal of a site, on a path of which `up` leads from it or `down` does. A satellite has none. */
  #terminal(site: NetworkSite, direction: Direction, away: Direction): Foreseeable<Effect> {
    if ('satellite' in site) return layered();
    const config = overridden<NetworkConfig['laser']>(this.#config.laser, dishKeysOf(this.#effects, site));
    return this.#dish(site, config, { ...this.#place(`sites/${site.name}`, direction), leg: legOf(direction, away) });
  }

  /** One dish under the sky of `site`. All paths of a dish share its random streams, and all dishes of a site its weather. */
  #dish(site: GroundPlace, config: object, place: Omit<DishPlace, 'lonDeg'>): Foreseeable<Effect> {
    return layered(
      underEffects(this.#effects.weather, site, this.#place(`sites/${site.name}`, place.direction)),
      underEffects(this.#effects.dish, config, { ...place, lonDeg: site.lonDeg }),
    );
  }

  #place(stream: string, direction: Direction): EffectPlace {
    const { slots } = this.#ways;
    return { direction, stream: `${this.#seed}/${stream}`, epochUnixMs: this.#epochUnixMs, slots };
  }

  #slotPeriod() {
    const { slots } = this.#ways;
    return { periodMs: SLOT_MS, offsetMs: slots.startMs(slots.indexAt(0)) };
  }
}

type Starlink = NetworkConfig['access']['starlink'];

type End = WayPlace['sender'];

const endOf = (site: NetworkSite): End => ('satellite' in site ? 'other' : 'dish');

const endsOf = (direction: Direction, [first, second]: readonly [End, End]): Pick<WayPlace, 'sender' | 'receiver'> =>
  direction === 'up' ? { sender: first, receiver: second } : { sender: second, receiver: first };

/** The half of a dish that a direction uses, where `away` leads from the dish. */
const legOf = (direction: Direction, away: Direction): DishPlace['leg'] => (direction === away ? 'uplink' : 'downlink');

const dishKeysOf = ({ dish }: LinkEffects, site: GroundPlace): SiteDish =>
  Object.fromEntries(Object.entries(site).filter(([key]) => dish.some((effect) => effect.key === key)));

/** What messages between two sites share with those of other paths; a satellite has no dish. */
const dishesOf = (
  from: NetworkSite,
  to: NetworkSite,
  { upKbps, downKbps }: NetworkConfig['laser'],
): NonNullable<PathLinks['dishes']> => {
  const dish = (site: NetworkSite, way: 'up' | 'down', rateKbps: number): readonly DishRate[] =>
    'satellite' in site ? [] : [{ name: `${site.name}/${way}`, rateKbps }];
  return {
    forward: [...dish(from, 'up', upKbps), ...dish(to, 'down', downKbps)],
    back: [...dish(to, 'up', upKbps), ...dish(from, 'down', downKbps)],
  };
};

const grounded = <Point extends AccessPoint>(place: Point | OrbitalPlace): Point => {
  if ('satellite' in place) throw new ConfigError(`sites.${place.name}`, 'is in orbit, where no fibre ends');
  return place;
};

const PLAIN_PATH: PathConfig = pathSchema.parse({});
