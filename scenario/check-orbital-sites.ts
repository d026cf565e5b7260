import type { Config } from '../core/config/read-config.ts';
import { satelliteNumber } from '../netem/sky/orbit/satellite-ref.ts';
import { routerPlansOf, sitesReaching } from './router-plan.ts';
import type { ScenarioConfig } from './schema.ts';

/**
 * Checks the rules for satellites, once all sites are known to exist: the satellite exists, only lasers and no fibre reach
 * it, and no users are on board. Throws `ConfigError` with the place of the first mistake.
 */
export const checkOrbitalSites = (config: Config<ScenarioConfig>): void => {
  const { sites, clients, nodes, network } = config.value;
  const routers = routerPlansOf(config.value);
  const reaching = sitesReaching(config.value);
  const isInOrbit = (site: string): boolean => 'satellite' in sites[site]!;
  for (const [name, site] of Object.entries(sites)) {
    if (site.satellite === undefined) continue;
    const found = satelliteNumber(network.constellation, site.satellite);
    if (typeof found !== 'number') throw config.mistake(['sites', name, 'satellite', ...found.key], found.message);
  }
  for (const [name, { site, access }] of Object.entries(clients)) {
    if (isInOrbit(site)) {
      throw config.mistake(['clients', name, 'site'], `is "${site}", which is in orbit; expected a site on the ground`);
    }
    const router = routers.find((plan) => plan.clients.includes(name))!;
    if (isInOrbit(router.site) && access.kind !== 'starlink') {
      throw config.mistake(
        ['clients', name, 'access', 'kind'],
        `is ${access.kind}, but the router at "${router.site}" is in orbit; expected starlink`,
      );
    }
  }
  for (const [name, { site, media }] of Object.entries(nodes)) {
    const inOrbit = [site, ...reaching.get(name)!].find(isInOrbit);
    const fibre = media.indexOf('fibre');
    if (inOrbit === undefined || fibre < 0) continue;
    throw config.mistake(
      ['nodes', name, 'media', fibre],
      `is fibre, but site "${inOrbit}" is in orbit; expected laser alone`,
    );
  }
};
