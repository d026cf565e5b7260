import { ConfigError } from '../../core/config/config-error.ts';
import { vacuumUs } from '../../core/units.ts';
import { type AccessPoint, POPS, popNamed, popNear } from '../sky/path/access-points.ts';
import { greatCircleKm } from '../sky/path/great-circle.ts';
import type { OrbitalPlace, Place } from '../sky/path/place.ts';
import { SLOT_MS } from '../sky/path/time-grid.ts';
import { cableLinks } from './effect/cable-links.ts';
import { scriptedOutages, scriptedRain } from './effect/scripted-events.ts';
import { terminalLayers, withoutTerminals } from './effect/terminal-layers.ts';
import { withLoad, withUsualLoad } from './effect/with-load.ts';
import { slowerKbps } from './effect/with-rate.ts';
import type { FibreConfig } from './fibre-schema.ts';
import { type Foreseeable, layered } from './model/foreseeable.ts';
import { inSeries } from './model/in-series.ts';
import type { Effect, LinkModel } from './model/link-model.ts';
import { WaysThroughSpace } from './model/ways-through-space.ts';
import { windowOf } from './model/windows.ts';
import { type PathLinks, sameBothWays, through } from './path-links.ts';
import { type PathConfig, pathSchema, type RainConfig } from './path-schema.ts';
import type { NetworkConfig } from './schema.ts';
import { leastDelayUs, type Recording, traceLink, usualLink } from './trace/trace-link.ts';

export type Medium = 'fibre' | 'laser';

/** The network of one run: every path as links that are pure functions of run time and share one constellation. */
export class Network {
  /** The PoPs that `access` knows. */
  readonly pops: readonly AccessPoint[] = POPS;
  readonly #config: NetworkConfig;
  readonly #epochUnixMs: number;
  readonly #seed: number;
  readonly #ways: WaysThroughSpace;

  /** @throws ConfigError when the constellation cannot be laid out. */
  constructor(options: { readonly config: NetworkConfig; readonly epochUnixMs: number; readonly seed: number }) {
    const { config, epochUnixMs, seed } = options;
    this.#config = config;
    this.#epochUnixMs = epochUnixMs;
    this.#seed = seed;
    this.#ways = new WaysThroughSpace(options);
  }

  /**
   * Between two sites. @throws ConfigError when a laser path lacks a terminal at an end, when fibre is to reach a satellite,
   * and when there is no such satellite.
   */
  path({
    from,
    to,
    medium,
    config = PLAIN_PATH,
    rain = [],
  }: {
    readonly from: Place | OrbitalPlace;
    readonly to: Place | OrbitalPlace;
    readonly medium: Medium;
    /** What this path has otherwise than the rest. */
    readonly config?: PathConfig | undefined;
    /** Showers over the terminals at both its ends. */
    readonly rain?: RainConfig;
  }): PathLinks {
    if (medium === 'fibre' && !('satellite' in from) && !('satellite' in to)) {
      const cable = this.#cable(from, to, { ...this.#config.fibre, ...config.fibre });
      return through(scriptedOutages(config.outages), sameBothWays(cable));
    }
    const { outages = [], ...laser } = config.laser ?? {};
    const events = layered(scriptedRain(rain), scriptedOutages([...outages, ...config.outages]));
    return through(events, this.#laserPath(from, to, medium, { ...this.#config.laser, ...laser }));
  }

  #laserPath(
    from: Place | OrbitalPlace,
    to: Place | OrbitalPlace,
    medium: Medium,
    laser: NetworkConfig['laser'],
  ): PathLinks {
    if ('satellite' in from || 'satellite' in to) return this.#pathInOrbit(from, to, medium, laser);
    for (const { name, terminal } of [from, to]) {
      if (!terminal) throw new ConfigError(`sites.${name}.terminal`, 'is false; a laser path needs one at both ends');
    }
    const rateKbps = slowerKbps(laser.upKbps, laser.downKbps);
    return this.#throughSpace({
      way: this.#ways.betweenTerminals(from, to),
      stream: `laser/${from.name}/${to.name}`,
      layers: { ...laser, upKbps: rateKbps, downKbps: rateKbps },
    });
  }

  /**
   * From users to the site of a router. Without `pop` the nearest serves; it counts for Starlink only, and for a router in
   * orbit, which is reached over lasers, not at all. @throws ConfigError when there is no PoP or satellite of that name.
   */
  access(options: {
    readonly client: Place;
    readonly kind: 'fibre' | 'starlink';
    readonly pop?: string | undefined;
    readonly to: Place | OrbitalPlace;
    /** Showers over the dish of the users. */
    readonly rain?: RainConfig;
  }): PathLinks {
    const { client, kind, to, rain = [] } = options;
    if (kind === 'fibre') {
      if ('satellite' in to) throw new ConfigError(`sites.${to.name}`, NO_FIBRE);
      return sameBothWays(this.#cable(client, to, this.#config.access.fibre));
    }
    const { starlink } = this.#config.access;
    const pop = options.pop === undefined ? popNear(client) : popNamed(options.pop);
    const stream = `access/${client.name}/${'satellite' in to ? to.name : pop.name}`;
    const showers = scriptedRain(rain);
    const { way, onwards } =
      'satellite' in to
        ? { way: this.#ways.inOrbit(client, to), onwards: showers }
        : this.#wayOverPop(client, pop, to, showers);
    const links = this.#throughSpace({ stream, layers: starlink, way, onwards });
    const load = {
      ...starlink.load,
      windows: starlink.load.windows.map((window) => ({ ...windowOf(window), share: window.share })),
    };
    return {
      ...links,
      back: withLoad(load, `${this.#seed}/${stream}/load`)(links.back),
      foreseen: { ...links.foreseen, back: withUsualLoad(load)(links.foreseen.back) },
    };
  }

  /**
   * From users to the site of a router, as it was measured: `up` away from the users.
   * @throws ConfigError when it was measured over a shorter distance: no path is faster than light.
   */
  recorded(options: {
    readonly client: Place;
    readonly to: Place | OrbitalPlace;
    readonly up: Recording;
    readonly down: Recording;
    /** What the user calls it, for the error. */
    readonly name: string;
  }): PathLinks {
    const { client, to, up, down, name } = options;
    if ('satellite' in to) throw new ConfigError(name, 'was measured on the ground, but the router is in orbit');
    const leastUs = Math.min(leastDelayUs(up), leastDelayUs(down));
    const lightUs = vacuumUs(greatCircleKm(client, to));
    if (leastUs < lightUs) {
      const [rttMs, lightMs] = [leastUs, lightUs].map((us) => (us / 500).toFixed(1));
      throw new ConfigError(
        name,
        `has round trips of ${rttMs} ms, but light takes ${lightMs} ms from ${client.name} to ${to.name} and back`,
      );
    }
    return {
      forward: traceLink(up),
      back: traceLink(down),
      foreseen: { forward: usualLink(up), back: usualLink(down) },
    };
  }

  #pathInOrbit(
    from: Place | OrbitalPlace,
    to: Place | OrbitalPlace,
    medium: Medium,
    laser: NetworkConfig['laser'],
  ): PathLinks {
    for (const place of [from, to]) {
      if ('satellite' in place) {
        if (medium === 'fibre') throw new ConfigError(`sites.${place.name}`, NO_FIBRE);
      } else if (!place.terminal) {
        throw new ConfigError(`sites.${place.name}.terminal`, 'is false; a laser path needs one at both ends');
      }
    }
    const rateKbps = slowerKbps(laser.upKbps, laser.downKbps);
    const hasTerminal = [from, to].some((place) => !('satellite' in place));
    return this.#throughSpace({
      way: this.#ways.inOrbit(from, to),
      stream: `laser/${from.name}/${to.name}`,
      layers: { ...(hasTerminal ? laser : withoutTerminals(laser)), upKbps: rateKbps, downKbps: rateKbps },
    });
  }

  #throughSpace(options: {
    readonly way: Foreseeable<LinkModel>;
    readonly stream: string;
    readonly layers: Parameters<typeof terminalLayers>[0]['layers'];
    readonly onwards?: Foreseeable<Effect>;
  }): PathLinks {
    const { way, stream, layers, onwards = layered() } = options;
    const { slots } = this.#ways;
    const { drawn, expected } = terminalLayers({ slots, layers, stream: `${this.#seed}/${stream}` });
    const period = { periodMs: SLOT_MS, offsetMs: slots.startMs(slots.indexAt(0)) };
    return {
      forward: onwards.actual(drawn.up(way.actual)),
      back: onwards.actual(drawn.down(way.actual)),
      slots: period,
      foreseen: {
        forward: onwards.foreseen(expected.up(way.foreseen)),
        back: onwards.foreseen(expected.down(way.foreseen)),
        slots: period,
      },
    };
  }

  #cable(from: AccessPoint, to: AccessPoint, fibre: FibreConfig): Foreseeable<LinkModel> {
    return cableLinks(greatCircleKm(from, to), fibre, this.#epochUnixMs);
  }

  /** Rain slows the dish alone, so it comes before the cable. */
  #wayOverPop(client: Place, pop: AccessPoint, to: Place, showers: Foreseeable<Effect>) {
    const { actual, foreseen } = this.#cable(pop, to, this.#config.fibre);
    const onwards = layered(showers, {
      actual: (link) => inSeries(link, actual),
      foreseen: (link) => inSeries(link, foreseen),
    });
    return { way: this.#ways.toPop(client, pop), onwards };
  }
}

const NO_FIBRE = 'is in orbit, where no fibre ends';

const PLAIN_PATH: PathConfig = pathSchema.parse({});
