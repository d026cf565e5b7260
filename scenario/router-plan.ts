import { overridden } from '../core/config/overrides.ts';
import { popNamed } from '../netem/sky/path/access-points.ts';
import { greatCircleKm } from '../netem/sky/path/great-circle.ts';
import { type NodePlan, nodePlansOf } from './node-plan.ts';
import type { ScenarioConfig } from './schema.ts';

/** A router at a site, with the clients that call it and the nodes that it knows. */
export interface RouterPlan {
  /** Its key in `routers`; `router` where the scenario has that key instead. */
  readonly name: string;
  /** What paths, metrics and the log call it; null for the only router of a scenario, from which nothing has to be told apart. */
  readonly label: string | null;
  readonly site: string;
  /** What all routers share, with its own parameters of policies. */
  readonly config: ScenarioConfig['router'];
  /** In the order of the scenario, as the nodes are. */
  readonly clients: readonly string[];
  readonly nodes: readonly NodePlan[];
}

type WithRouters = Pick<ScenarioConfig, 'sites' | 'router' | 'routers' | 'clients' | 'nodes'>;

/** The routers of a scenario that `checkRouters` accepts. */
export const routerPlansOf = (scenario: WithRouters): readonly RouterPlan[] => {
  const { router, clients } = scenario;
  const entries = routerEntries(scenario);
  const nodes = nodePlansOf(scenario);
  const served = Map.groupBy(Object.keys(clients), (client) => routerOfClient(scenario, client));
  return entries.map(([name, { site, reaches = router.reaches, policies }]) => ({
    name,
    label: entries.length === 1 ? null : name,
    site,
    config: policies === undefined ? router : overridden<ScenarioConfig['router']>(router, { policies }),
    clients: served.get(name) ?? [],
    nodes: reaches === undefined ? nodes : reachedFrom(site, reaches, scenario, nodes),
  }));
};

/** What an endpoint is called: `node/medium`, behind the label of its router where there are several. */
export const endpointName = ({ label }: Pick<RouterPlan, 'label'>, node: string, medium: string): string =>
  label === null ? `${node}/${medium}` : `${label}/${node}/${medium}`;

/** From which sites routers reach the nodes of each key of `nodes`. */
export const sitesReaching = (scenario: WithRouters): ReadonlyMap<string, readonly string[]> => {
  const keys = new Map(Object.entries(scenario.nodes).map(([key, config]) => [config, key]));
  const sites = new Map(Object.keys(scenario.nodes).map((key) => [key, new Set<string>()]));
  for (const { site, nodes } of routerPlansOf(scenario)) {
    for (const { config } of nodes) sites.get(keys.get(config)!)!.add(site);
  }
  return new Map([...sites].map(([key, from]) => [key, [...from]]));
};

type RouterEntry = NonNullable<ScenarioConfig['routers']>[string];

/** The routers as the scenario has them. */
export const routerEntries = ({
  router,
  routers,
}: Pick<WithRouters, 'router' | 'routers'>): readonly (readonly [name: string, RouterEntry])[] =>
  routers === undefined ? [['router', { site: router.site! }]] : Object.entries(routers);

/** The router that a group of users calls: the one that says so, the one that they name, or else the nearest on the ground. Null for none. */
const routerOfClient = (scenario: WithRouters, client: string): string | null => {
  const { clients, sites } = scenario;
  const entries = routerEntries(scenario);
  const named = clients[client]!.router ?? entries.find(([, { serves }]) => serves?.includes(client))?.[0];
  if (named !== undefined) return named;
  if (entries.length === 1) return entries[0]![0];
  const from = entryPoint(scenario, client);
  const onGround = entries.filter(([, { site }]) => sites[site]!.satellite === undefined);
  return nearestFirst(onGround, ([, { site }]) => kmTo(sites[site]!, from))[0]?.[0] ?? null;
};

/** Where what users send enters the ground network: that is where a router near them is near. */
const entryPoint = ({ clients, sites }: WithRouters, client: string): Ground => {
  const { access, site } = clients[client]!;
  return access.kind === 'starlink' ? popNamed(access.pop) : (sites[site] as Ground); // users are on the ground
};

const reachedFrom = (
  site: string,
  reaches: NonNullable<RouterEntry['reaches']>,
  { sites, nodes }: WithRouters,
  plans: readonly NodePlan[],
): readonly NodePlan[] => {
  if (!('nearest' in reaches)) {
    const configs = new Set(reaches.map((name) => nodes[name]!));
    return plans.filter(({ config }) => configs.has(config));
  }
  const from = sites[site] as Ground; // checkRouters lets no router in orbit have nearest nodes
  const bySite = [...Map.groupBy(plans, (node) => node.site)];
  const near = nearestFirst(bySite, ([name]) => kmTo(sites[name]!, from)).flatMap(([, here]) => here);
  const reached = new Set(near.slice(0, reaches.nearest));
  return plans.filter((node) => reached.has(node));
};

type Ground = Record<'latDeg' | 'lonDeg', number>;

/** A place in orbit is farther than any on the ground. */
const kmTo = (place: WithRouters['sites'][string], from: Ground): number =>
  place.satellite === undefined ? greatCircleKm(place, from) : Number.POSITIVE_INFINITY;

/** Of two that are equally near the one that is listed first comes first. */
const nearestFirst = <Item>(items: readonly Item[], kmOf: (item: Item) => number): readonly Item[] =>
  items
    .map((item) => ({ item, km: kmOf(item) }))
    .sort((a, b) => (a.km === b.km ? 0 : a.km - b.km))
    .map(({ item }) => item);
