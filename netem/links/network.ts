import { ConfigError } from '../../core/config/config-error.ts';
import { type AccessPoint, POPS, popNamed, popNear } from '../sky/path/access-points.ts';
import type { OrbitalPlace, Place } from '../sky/path/place.ts';
import { SLOT_MS } from '../sky/path/time-grid.ts';
import { cable } from './cable.ts';
import type { EffectConfigs } from './effect/effect-shapes.ts';
import { type Direction, type EffectPlace, underEffects } from './effect/link-effect.ts';
import { type LinkEffects, linkEffects } from './effect/registry.ts';
import { slowerKbps } from './effect/with-rate.ts';
import { type Foreseeable, layered, stacked } from './model/foreseeable.ts';
import { inSeries } from './model/in-series.ts';
import type { Effect } from './model/link-model.ts';
import { WaysThroughSpace } from './model/ways-through-space.ts';
import { bothWays, type DishRate, type PathLinks } from './path-links.ts';
import { type PathConfig, pathSchema } from './path-schema.ts';
import type { NetworkConfig } from './schema.ts';
import { terminals } from './terminals.ts';

export type Medium = 'fibre' | 'laser';

/** A site: on the ground with the effects on its dish, or on board a satellite. */
export type NetworkSite = (Place & EffectConfigs<typeof linkEffects.dish>) | OrbitalPlace;

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
          ...[from, ...(from.name === to.name ? [] : [to])].map((site) => this.#dish(site, direction)),
          underEffects(this.#effects.path, laser, this.#place(`${stream}/laser`, direction)),
          onPath(direction),
        ),
      this.#slotPeriod(),
    );
    return laserConfig.sharedDish ? { ...links, dishes: dishesOf(from, to, laserConfig) } : links;
  }

  /**
   * From users to the site of a router. Without `pop` the nearest one serves. The PoP matters for Starlink only, and not for a
   * router in orbit, which is reached over lasers. @throws ConfigError when there is no PoP or satellite of that name.
   */
  access(options: {
    readonly client: Exclude<NetworkSite, OrbitalPlace>;
    readonly kind: 'fibre' | 'starlink';
    readonly pop?: string | undefined;
    readonly to: NetworkSite;
  }): PathLinks {
    const { client, kind, to } = options;
    if (kind === 'fibre') {
      const { fibre } = this.#config.access;
      return bothWays((direction) => this.#cable(client, to, fibre, direction));
    }
    const { starlink } = this.#config.access;
    const pop = options.pop === undefined ? popNear(client) : popNamed(options.pop);
    const isInOrbit = 'satellite' in to;
    const way = isInOrbit ? this.#ways.inOrbit(client, to) : this.#ways.toPop(client, pop);
    const stream = `access/${client.name}/${isInOrbit ? to.name : pop.name}`;
    return bothWays((direction) => {
      const place = this.#place(stream, direction);
      const onwards = isInOrbit ? layered() : this.#behindPop(pop, to, direction);
      return stacked(
        way,
        terminals(starlink, this.#effects.terminal, { ...place, hasTerminal: true }),
        this.#dish(client, direction), // rain affects the dish alone, so it comes before the cable
        onwards,
        underEffects(this.#effects.starlinkAccess, starlink, place),
      );
    }, this.#slotPeriod());
  }

  #laserPath(from: NetworkSite, to: NetworkSite, laser: NetworkConfig['laser']) {
    for (const place of [from, to]) {
      if ('satellite' in place || place.terminal) continue;
      throw new ConfigError(`sites.${place.name}.terminal`, 'is false; a laser path needs one at both ends');
    }
    const rateKbps = slowerKbps(laser.upKbps, laser.downKbps);
    const layers = { ...laser, upKbps: rateKbps, downKbps: rateKbps };
    const hasTerminal = !('satellite' in from && 'satellite' in to);
    const stream = `laser/${from.name}/${to.name}`;
    return {
      way:
        'satellite' in from || 'satellite' in to ? this.#ways.inOrbit(from, to) : this.#ways.betweenTerminals(from, to),
      lasers: (direction: Direction) => underEffects(this.#effects.laser, layers, this.#place(stream, direction)),
      terminals: (direction: Direction) =>
        terminals(layers, this.#effects.terminal, { ...this.#place(stream, direction), hasTerminal }),
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

  /** All paths of a dish share its random stream. */
  #dish(site: NetworkSite, direction: Direction): Foreseeable<Effect> {
    return underEffects(this.#effects.dish, site, this.#place(`sites/${site.name}`, direction));
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
