import { ConfigError } from '../../core/config/config-error.ts';
import { suggestion } from '../../core/config/nearest.ts';
import { gatewaysOf, popNamed } from '../../netem/sky/path/access-points.ts';
import { fibreDelayUs } from '../../netem/sky/path/fibre-delay.ts';
import { greatCircleKm } from '../../netem/sky/path/great-circle.ts';
import { orbitalSite } from '../../netem/sky/path/orbital-site.ts';
import { endpointName, routerPlansOf } from '../../scenario/router-plan.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { accessWay } from '../links/access-way.ts';
import { accessStops, betweenEnds, type RouteEnd } from './routes.ts';
import type { ScenarioWatch } from './scenario-watch.ts';
import type { GroundStop, StopsAt } from './stop.ts';

/**
 * The paths of a scenario that go through its space, by their names in the log; nodes of a count share one path, and their name here.
 * A path that was recorded does not: nobody knows its satellites.
 */
export const pathsThroughSpace = (scenario: Scenario): readonly string[] => [
  ...laserPaths(scenario).keys(),
  ...Object.entries(scenario.clients).flatMap(([name, { access }]) =>
    access.kind === 'starlink' ? [`${name}/access`] : [],
  ),
];

/** The sites of the ends of each laser path that was not recorded. */
const laserPaths = (scenario: Scenario): ReadonlyMap<string, readonly [from: string, to: string]> =>
  new Map(
    routerPlansOf(scenario).flatMap((router) => {
      const reached = new Set(router.nodes.map(({ config }) => config));
      return Object.entries(scenario.nodes).flatMap(([key, config]) => {
        const { media, site } = config;
        const isRecorded = scenario.paths[`${router.site}/${site}`]?.recorded?.laser !== undefined;
        return reached.has(config) && media.includes('laser') && !isRecorded
          ? [[endpointName(router, key, 'laser'), [router.site, site]] as const]
          : [];
      });
    }),
  );

/** The stops of a path by its name in the log. @throws ConfigError when no such path goes through space. */
export const stopsOfPath = (scenario: Scenario, watch: ScenarioWatch, path: string): StopsAt => {
  const known = pathsThroughSpace(scenario);
  const found = known.find((name) => name === path || name === path.replace(/-\d+\/laser$/, '/laser'));
  if (found === undefined) {
    throw new ConfigError('--path', `is "${path}", which is no path through space; ${suggestion(path, known)}`);
  }
  const sites = laserPaths(scenario).get(found);
  return sites === undefined
    ? stopsOfAccess(scenario, watch, found.slice(0, found.lastIndexOf('/')))
    : stopsBetween(scenario, watch, ...sites);
};

/** The stops between two sites of a scenario, whether or not it has a path there. */
export const stopsBetween = (scenario: Scenario, watch: ScenarioWatch, from: string, to: string): StopsAt => {
  const usesGateways = watch.sky.constellation.usesGateways === true;
  const [one, other] = [siteEnd(scenario, watch, from), siteEnd(scenario, watch, to)];
  // Without lasers, runs keep no satellite: they take the shortest way at each step.
  return usesGateways
    ? betweenEnds({ ...watch, takesShortest: true }, 'bent-pipe', one, other)
    : betweenEnds(watch, 'laser', one, other);
};

/** A site of a scenario as the end of a path. */
export const siteEnd = ({ sites, network }: Scenario, { sky }: ScenarioWatch, name: string): RouteEnd => {
  const place = sites[name]!;
  if (place.satellite !== undefined) {
    const { satellite } = place;
    return { kind: 'on-board', name, site: orbitalSite(sky, network.constellation, { name, satellite }) };
  }
  const { latDeg, lonDeg } = place;
  return { kind: 'site', name, latDeg, lonDeg, site: sky.site({ name, latDeg, lonDeg }) };
};

const stopsOfAccess = (scenario: Scenario, watch: ScenarioWatch, client: string): StopsAt => {
  const { site, access } = scenario.clients[client]!;
  const router = routerPlansOf(scenario).find(({ clients }) => clients.includes(client))!;
  const [user, to] = [siteEnd(scenario, watch, site), siteEnd(scenario, watch, router.site)];
  if (access.kind !== 'starlink' || user.kind === 'on-board') throw new Error(`${client} has no dish`);
  // A router in orbit is reached over lasers, without a PoP.
  if (to.kind === 'on-board') return stopsBetween(scenario, watch, site, router.site);
  const { gatewayReachKm, gateways } = scenario.network.access.starlink;
  const pop = popNamed(access.pop);
  const stations = gatewaysOf(pop, { reachKm: gatewayReachKm, most: gateways }).map((gateway) => ({
    stop: { kind: 'gateway', ...gateway, site: watch.sky.site(gateway) } satisfies GroundStop,
    site: watch.sky.site(gateway),
    fibreUs: fibreDelayUs(greatCircleKm(gateway, pop), scenario.network.fibre.stretch),
  }));
  return accessStops(accessWay(watch, watch.space.serving, user.site, stations), {
    user,
    gateways: stations.map(({ stop }) => stop),
    pop: { kind: 'pop', ...pop, site: null },
    to,
  });
};
