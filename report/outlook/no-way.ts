import type { Ms } from '../../core/time/clock.ts';
import { hasLasers } from '../../netem/sky/orbit/constellation.ts';
import { orbitalSite } from '../../netem/sky/path/orbital-site.ts';
import type { Space } from '../../netem/sky/path/space.ts';
import { dishSitesOf } from '../../scenario/paths-out-of-sight.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { Topology } from '../../scenario/topology.ts';
import { scenarioWatch } from '../sky/scenario-watch.ts';

/** Says what a path through space lacks at an instant at which it has no way: a satellite, a gateway, or lasers in between. */
export class NoWay {
  readonly #scenario: Scenario;
  readonly #dishSites: ReadonlyMap<string, readonly string[]>;
  readonly #space: Space;

  constructor(scenario: Scenario, topology: Topology) {
    this.#scenario = scenario;
    this.#dishSites = dishSitesOf(scenario, topology);
    this.#space = scenarioWatch(scenario).space;
  }

  /** The reason, for people. `path` is a name in the log. */
  at(path: string, atMs: Ms): string {
    const sites = this.#dishSites.get(path) ?? [];
    for (const site of sites) {
      if (this.#satellitesSeen(site, atMs) > 0) continue;
      const isInOrbit = this.#scenario.sites[site]!.satellite !== undefined;
      return isInOrbit ? `the satellite of site ${site} is broken` : `site ${site} sees no satellite`;
    }
    const access = this.#scenario.clients[path.replace(/\/access$/, '')]?.access;
    if (path.endsWith('/access') && access?.kind === 'starlink') {
      return `no gateway of PoP ${access.pop} is in reach of the satellites of site ${sites[0]}`;
    }
    return !hasLasers(this.#space.sky.constellation)
      ? `no satellite or gateway joins ${sites.join(' and ')}`
      : `no chain of lasers joins ${sites.join(' and ')}`;
  }

  #satellitesSeen(name: string, atMs: Ms): number {
    const place = this.#scenario.sites[name]!;
    const { sky, steps } = this.#space;
    const { satellite } = place;
    const site =
      satellite === undefined
        ? sky.site({ ...place, name })
        : orbitalSite(sky, this.#scenario.network.constellation, { name, satellite });
    return this.#space.atStep(steps.indexAt(atMs)).visibleFrom(site).count;
  }
}
