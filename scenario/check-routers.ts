import { suggestion } from '../core/config/nearest.ts';
import type { Config } from '../core/config/read-config.ts';
import { routerEntries } from './router-plan.ts';
import type { ScenarioConfig } from './schema.ts';

/**
 * Checks that the scenario has one router or a map of several, that each stands at a site and reaches nodes that exist, and that no
 * clients are to call two of them. Throws `ConfigError` with the place of the first mistake.
 */
export const checkRouters = (config: Config<ScenarioConfig>): void => {
  const { router, routers } = config.value;
  if (routers === undefined && router.site === undefined) {
    throw config.mistake(['router', 'site'], 'is missing; expected the site of the router, or several in routers');
  }
  if (routers !== undefined && router.site !== undefined) {
    throw config.mistake(['router', 'site'], 'is given beside routers; expected the site of each router there');
  }
  if (routers !== undefined && Object.keys(routers).length === 0) {
    throw config.mistake(['routers'], 'is empty, expected at least one');
  }
  checkPlaces(config);
  checkReach(config);
  checkServed(config);
};

const checkPlaces = (config: Config<ScenarioConfig>): void => {
  const { sites } = config.value;
  for (const [name, { site }] of routerEntries(config.value)) {
    if (Object.hasOwn(sites, site)) continue;
    const near = suggestion(site, Object.keys(sites));
    throw config.mistake([...keyOf(config.value, name), 'site'], `is "${site}", which is no site; ${near}`);
  }
};

const checkReach = (config: Config<ScenarioConfig>): void => {
  const { sites, nodes, router, routers } = config.value;
  const inOrbit = routerEntries(config.value).find(([, { site }]) => sites[site]!.satellite !== undefined);
  const given = [
    { at: ['router'], reaches: router.reaches, orbiting: inOrbit?.[1] },
    ...Object.entries(routers ?? {}).map(([name, { reaches, site }]) => ({
      at: ['routers', name],
      reaches,
      orbiting: sites[site]!.satellite === undefined ? undefined : { site },
    })),
  ];
  for (const { at, reaches, orbiting } of given) {
    if (reaches === undefined) continue;
    if ('nearest' in reaches) {
      if (orbiting === undefined) continue;
      const message = `is ${reaches.nearest}, but the router at "${orbiting.site}" is in orbit; expected a list of nodes`;
      throw config.mistake([...at, 'reaches', 'nearest'], message);
    }
    const stranger = reaches.findIndex((name) => !Object.hasOwn(nodes, name));
    if (stranger < 0) continue;
    const near = suggestion(reaches[stranger]!, Object.keys(nodes));
    throw config.mistake([...at, 'reaches', stranger], `is "${reaches[stranger]}", which is no key of nodes; ${near}`);
  }
};

/** Each group of users calls one router: nobody may claim it twice. Where nobody claims it, it calls the nearest on the ground. */
const checkServed = (config: Config<ScenarioConfig>): void => {
  const { clients, sites } = config.value;
  const entries = routerEntries(config.value);
  const names = entries.map(([name]) => name);
  const servedBy = new Map<string, string>();
  for (const [name, { serves = [] }] of entries) {
    for (const [index, client] of serves.entries()) {
      const at = ['routers', name, 'serves', index];
      const other = servedBy.get(client);
      if (!Object.hasOwn(clients, client))
        throw config.mistake(at, `is "${client}", which is no client; ${suggestion(client, Object.keys(clients))}`);
      if (other !== undefined)
        throw config.mistake(
          at,
          `is "${client}", which ${other === name ? 'is there twice' : `router "${other}" serves`}`,
        );
      servedBy.set(client, name);
    }
  }
  const hasNearest = entries.length === 1 || entries.some(([, { site }]) => sites[site]!.satellite === undefined);
  for (const [client, { router }] of Object.entries(clients)) {
    const at = ['clients', client, 'router'];
    const claimed = servedBy.get(client);
    if (router === undefined) {
      if (hasNearest || claimed !== undefined) continue;
      throw config.mistake(at, `is missing, and no router on the ground is near; expected one of ${names.join(', ')}`);
    }
    if (config.value.routers === undefined)
      throw config.mistake(at, `is "${router}", but the scenario has one router; expected routers, or no such key`);
    if (!names.includes(router))
      throw config.mistake(at, `is "${router}", which is no router; ${suggestion(router, names)}`);
    if (claimed !== undefined && claimed !== router)
      throw config.mistake(at, `is "${router}", but router "${claimed}" serves them; expected one of the two`);
  }
};

const keyOf = ({ routers }: ScenarioConfig, name: string): readonly string[] =>
  routers === undefined ? ['router'] : ['routers', name];
