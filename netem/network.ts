import { ConfigError } from '../core/config/config-error.ts';
import type { Ms } from '../core/time/clock.ts';
import { vacuumUs } from '../core/units.ts';
import { fibreLink } from './link/fibre-link.ts';
import { inSeries } from './link/in-series.ts';
import { leoLink } from './link/leo-link.ts';
import type { Effect, LinkModel } from './link/link-model.ts';
import { terminalLayers } from './link/terminal-layers.ts';
import { leastDelayUs, type Recording, traceLink, usualLink } from './link/trace-link.ts';
import { withLoad, withUsualLoad } from './link/with-load.ts';
import { slowerKbps } from './link/with-rate.ts';
import { type AccessPoint, gatewaysOf, POPS, popNamed, popNear } from './path/access-points.ts';
import { accessRouteUs } from './path/access-route.ts';
import { fibreDelayUs } from './path/fibre-delay.ts';
import { greatCircleKm } from './path/great-circle.ts';
import { laserRouteKm } from './path/laser-route.ts';
import type { Place } from './path/place.ts';
import { type Space, spaceOf } from './path/space.ts';
import { SLOT_MS } from './path/time-grid.ts';
import type { NetworkConfig } from './schema.ts';

export type { Place } from './path/place.ts';

export type Medium = 'fibre' | 'laser';

/** A path as its two directions: `forward` from its first place to its second. */
export interface Directions {
  readonly forward: LinkModel;
  readonly back: LinkModel;
  /** When its satellites are re-chosen, in run time: at `offsetMs` and each `periodMs` before and after. Fibre has none. */
  readonly slots?: { readonly periodMs: Ms; readonly offsetMs: Ms };
}

export interface PathLinks extends Directions {
  /**
   * What can be known ahead of time: geometry, the satellites of each slot, the usual overhead and the usual interruption,
   * but none of what is drawn by chance.
   */
  readonly foreseen: Directions;
}

/** The network of one run: every path as links that are pure functions of run time and share one constellation. */
export class Network {
  /** The PoPs that `access` knows. */
  readonly pops: readonly AccessPoint[] = POPS;
  readonly #config: NetworkConfig;
  readonly #seed: number;
  readonly #space: Space;
  readonly #ways = new Map<string, LinkModel>();

  /** @throws ConfigError when the constellation cannot be laid out. */
  constructor(options: { readonly config: NetworkConfig; readonly epochUnixMs: number; readonly seed: number }) {
    const { config, epochUnixMs, seed } = options;
    this.#config = config;
    this.#seed = seed;
    this.#space = spaceOf({ constellation: config.constellation, stepMs: config.stepMs, epochUnixMs, seed });
  }

  /** Between two sites. @throws ConfigError when a laser path lacks a terminal at an end. */
  path({ from, to, medium }: { readonly from: Place; readonly to: Place; readonly medium: Medium }): PathLinks {
    if (medium === 'fibre') return sameBothWays(fibreLink(greatCircleKm(from, to), this.#config.fibre));
    for (const { name, terminal } of [from, to]) {
      if (!terminal) throw new ConfigError(`sites.${name}.terminal`, 'is false; a laser path needs one at both ends');
    }
    const { laser } = this.#config;
    const rateKbps = slowerKbps(laser.upKbps, laser.downKbps);
    return this.#throughSpace({
      way: this.#laserWay(from, to),
      stream: `laser/${from.name}/${to.name}`,
      layers: { ...laser, upKbps: rateKbps, downKbps: rateKbps },
    });
  }

  /**
   * From users to the site of a router. Without `pop` the nearest serves; it counts for Starlink only.
   * @throws ConfigError when there is no PoP of that name.
   */
  access(options: {
    readonly client: Place;
    readonly kind: 'fibre' | 'starlink';
    readonly pop?: string | undefined;
    readonly to: Place;
  }): PathLinks {
    const { client, kind, to } = options;
    if (kind === 'fibre') return sameBothWays(fibreLink(greatCircleKm(client, to), this.#config.access.fibre));
    const pop = options.pop === undefined ? popNear(client) : popNamed(options.pop);
    const onwards = fibreLink(greatCircleKm(pop, to), this.#config.fibre);
    const stream = `access/${client.name}/${pop.name}`;
    const { starlink } = this.#config.access;
    const links = this.#throughSpace({
      way: this.#accessWay(client, pop),
      stream,
      layers: starlink,
      onwards: (link) => inSeries(link, onwards),
    });
    const load = {
      ...starlink.load,
      windows: starlink.load.windows.map(({ fromS, toS, share }) => {
        return { fromMs: fromS * 1000, toMs: toS * 1000, share };
      }),
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
    readonly to: Place;
    readonly up: Recording;
    readonly down: Recording;
    /** What the user calls it, for the error. */
    readonly name: string;
  }): PathLinks {
    const { client, to, up, down, name } = options;
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

  #throughSpace(options: {
    readonly way: LinkModel;
    readonly stream: string;
    readonly layers: Parameters<typeof terminalLayers>[0]['layers'];
    readonly onwards?: Effect;
  }): PathLinks {
    const { way, stream, layers, onwards = (link: LinkModel) => link } = options;
    const { slots } = this.#space;
    const { drawn, expected } = terminalLayers({ slots, layers, stream: `${this.#seed}/${stream}` });
    const period = { periodMs: SLOT_MS, offsetMs: slots.startMs(slots.indexAt(0)) };
    return {
      forward: onwards(drawn.up(way)),
      back: onwards(drawn.down(way)),
      slots: period,
      foreseen: { forward: onwards(expected.up(way)), back: onwards(expected.down(way)), slots: period },
    };
  }

  #laserWay(from: Place, to: Place): LinkModel {
    return this.#shared(`laser/${keyOf(from)}/${keyOf(to)}`, from, to, () => {
      const { sky } = this.#space;
      const routeKm = laserRouteKm(this.#space, sky.site(from), sky.site(to));
      return (step) => vacuumUs(routeKm(step));
    });
  }

  #accessWay(client: Place, pop: AccessPoint): LinkModel {
    return this.#shared(`access/${keyOf(client)}/${pop.name}`, client, pop, () => {
      const { fibre, access } = this.#config;
      const { gatewayReachKm, gateways } = access.starlink;
      const { sky } = this.#space;
      return accessRouteUs(
        this.#space,
        sky.site(client),
        gatewaysOf(pop, { reachKm: gatewayReachKm, most: gateways }).map((gateway) => ({
          site: sky.site(gateway),
          fibreUs: fibreDelayUs(greatCircleKm(gateway, pop), fibre.stretch),
        })),
      );
    });
  }

  /** Both directions, and nodes that stand at one site, share the computing of their way. */
  #shared(
    key: string,
    from: Omit<Place, 'terminal'>,
    to: AccessPoint,
    route: () => (step: number) => number,
  ): LinkModel {
    const known = this.#ways.get(key);
    if (known !== undefined) return known;
    // While a way is down its delay is what no way can be below.
    const downDelayUs = vacuumUs(greatCircleKm(from, to));
    const way = leoLink({ steps: this.#space.steps, routeUs: route(), downDelayUs });
    this.#ways.set(key, way);
    return way;
  }
}

const keyOf = ({ name, latDeg, lonDeg }: Place): string => `${name}@${latDeg},${lonDeg}`;

const sameBothWays = (link: LinkModel): PathLinks => {
  const directions = { forward: link, back: link };
  return { ...directions, foreseen: directions };
};
