import { seenBelowDeg } from '../netem/sky/orbit/seen-below.ts';
import type { Scenario } from './scenario.ts';
import type { EndpointPlan, Topology } from './topology.ts';

/** The paths with a dish from which no satellite is ever seen, by their names in the log, each with the reason. */
export const pathsOutOfSight = (scenario: Scenario, topology: Topology): ReadonlyMap<string, string> => {
  const outOfSight = sitesOutOfSight(scenario);
  const found = new Map<string, string>();
  for (const [path, sites] of dishSitesOf(scenario, topology)) {
    const blind = sites.find((site) => outOfSight.has(site));
    if (blind !== undefined) found.set(path, outOfSight.get(blind)!);
  }
  return found;
};

/** The sites so far north or south that no satellite is ever visible from there, each with the reason. */
const sitesOutOfSight = ({ sites, network }: Scenario): ReadonlyMap<string, string> => {
  const mostDeg = seenBelowDeg(network.constellation);
  const found = new Map<string, string>();
  for (const [name, site] of Object.entries(sites)) {
    if (site.satellite !== undefined || Math.abs(site.latDeg) <= mostDeg) continue;
    const latitude = `${Math.abs(site.latDeg)} degrees ${site.latDeg > 0 ? 'north' : 'south'}`;
    found.set(
      name,
      `site ${name} at ${latitude} sees no satellite: those are seen up to ${mostDeg.toFixed(1)} degrees`,
    );
  }
  return found;
};

/** The sites of the dishes of each path through space, by the name of the path. A site may be a satellite. */
export const dishSitesOf = (
  scenario: Scenario,
  { routers, nodes, endpoints, clients }: Topology,
): ReadonlyMap<string, readonly string[]> => {
  const siteOf = new Map(nodes.map(({ name, site }) => [name, site]));
  const siteOfRouter = new Map(routers.map(({ name, site }) => [name, site]));
  const endsOf = ({ router, node }: EndpointPlan): readonly [string, string] => [
    siteOfRouter.get(router)!,
    siteOf.get(node)!,
  ];
  return new Map<string, readonly string[]>([
    ...endpoints
      .filter((endpoint) => endpoint.medium === 'laser' && !isRecorded(scenario, endsOf(endpoint)))
      .map((endpoint) => [endpoint.name, endsOf(endpoint)] as const),
    ...clients
      .map(({ name }) => [name, scenario.clients[name]!] as const)
      .filter(([, { access }]) => access.kind === 'starlink')
      .map(([name, { site }]) => [`${name}/access`, [site]] as const),
  ]);
};

/** A path that was measured needs no satellite of the scenario. */
const isRecorded = ({ paths }: Scenario, [from, to]: readonly [string, string]): boolean =>
  paths[`${from}/${to}`]?.recorded?.laser !== undefined;
