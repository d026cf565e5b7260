import type { Ms } from '../core/time/clock.ts';
import { withOutages } from '../netem/links/effect/outages.ts';
import type { LinkEffects } from '../netem/links/effect/registry.ts';
import { measuredPath } from '../netem/links/measured-path.ts';
import { cyclicLink } from '../netem/links/model/cyclic-link.ts';
import type { LinkModel } from '../netem/links/model/link-model.ts';
import { recordingLink } from '../netem/links/model/timeline.ts';
import { type GroundPlace, type Medium, Network, type NetworkSite } from '../netem/links/network.ts';
import type { Directions, PathLinks } from '../netem/links/path-links.ts';
import { remarksOnElements } from '../netem/sky/orbit/remarks-on-elements.ts';
import type { Geometry } from '../netem/sky/path/geometry.ts';
import { pathFaultsOf } from './faults-plan.ts';
import { handOverRemarks } from './hand-over-of.ts';
import { type NodePlan, nodePlansOf } from './node-plan.ts';
import { priceOf } from './price-of.ts';
import { recordedOf } from './recorded-of.ts';
import { endpointName, type RouterPlan, routerPlansOf } from './router-plan.ts';
import type { Scenario } from './scenario.ts';

/**
 * A node reached over one path: what a policy chooses. Its name is `node/medium`, or `router/node/medium` where there are several
 * routers.
 */
export interface EndpointPlan {
  readonly name: string;
  /** The router that it belongs to: its name in the plan. */
  readonly router: string;
  readonly node: string;
  readonly medium: Medium;
  readonly provider: string;
  readonly site: string;
  /** The models that its node serves; null for any. */
  readonly models: readonly string[] | null;
  /** Its share for policies that weigh endpoints. */
  readonly weight: number;
  /** How many requests its router may have at its node, over all paths; null for no limit beside that of each endpoint. */
  readonly maxOutstanding: number | null;
  /** What its node charges for a million tokens when the run starts; null where the scenario does not say. */
  readonly usdPerMillionTokens: number | null;
  readonly gCo2PerMillionTokens: number | null;
  /** Forward is from the router to the node. */
  readonly links: PathLinks;
}

/** A group of users and their way to the router. Its name in the log is `client/access`. */
export interface ClientPlan {
  readonly name: string;
  readonly share: number;
  /** The name of the router that they call. */
  readonly router: string;
  /** Forward is from the client to the router. */
  readonly links: PathLinks;
}

/** What a scenario resolves to: the place of each node and client, and every path as two links. */
export interface Topology {
  readonly routers: readonly RouterPlan[];
  readonly nodes: readonly NodePlan[];
  readonly endpoints: readonly EndpointPlan[];
  readonly clients: readonly ClientPlan[];
  /** What to know of the files that it was made from, a line each. */
  readonly remarks: readonly string[];
}

/**
 * `effects` are what may act on its links: those of the registry by default. Ways through space are kept in `geometry`, and without it they
 * are computed when they are asked for.
 */
export const topologyOf = (scenario: Scenario, effects?: LinkEffects, geometry?: Geometry): Topology => {
  const { epochUnixMs, seed } = scenario;
  const network = new Network({ config: scenario.network, epochUnixMs, seed, geometry, ...(effects && { effects }) });
  const place = (site: string): NetworkSite => ({ name: site, ...scenario.sites[site]! });
  const routers = routerPlansOf(scenario);
  const remarks: string[] = [
    ...remarksOnElements(scenario.network.constellation, epochUnixMs),
    ...handOverRemarks(scenario),
  ];
  const pathTo = pathsBetween(scenario, network, (remark) => remarks.push(remark));
  const nodes = nodePlansOf(scenario);
  const prices = new Map(nodes.map((node) => [node.name, priceOf(scenario, node)]));
  return {
    routers,
    nodes,
    endpoints: routers.flatMap((router) =>
      router.nodes.flatMap((node) =>
        node.config.media.map((medium): EndpointPlan => {
          const name = endpointName(router, node.name, medium);
          const links = pathTo(place(router.site), place(node.site), medium);
          return {
            name,
            router: router.name,
            node: node.name,
            medium,
            provider: node.config.provider,
            site: node.site,
            weight: node.config.weight,
            models: node.config.models ?? null,
            maxOutstanding: node.config.maxOutstanding ?? null,
            ...prices.get(node.name)!,
            links: withPathFaults(scenario, name, links),
          };
        }),
      ),
    ),
    clients: Object.entries(scenario.clients).map(([name, client]) => {
      const router = routers.find(({ clients }) => clients.includes(name))!;
      const { links, remarks: onAccess } = accessOf(scenario, network, name, place, place(router.site));
      remarks.push(...onAccess);
      return {
        name,
        share: client.share,
        router: router.name,
        links: withPathFaults(scenario, `${name}/access`, links),
      };
    }),
    remarks,
  };
};

/** The paths of routers as the network models them, or as they were measured. Those between two sites are the same for all nodes there. */
const pathsBetween = (
  scenario: Scenario,
  network: Network,
  onRemark: (remark: string) => void,
): ((from: NetworkSite, to: NetworkSite, medium: Medium) => PathLinks) => {
  const known = new Map<string, PathLinks>();
  const made = (from: NetworkSite, to: NetworkSite, medium: Medium): PathLinks => {
    const key = `${from.name}/${to.name}`;
    const config = scenario.paths[key];
    const recording = config?.recorded?.[medium];
    if (config === undefined || recording === undefined) return network.path({ from, to, medium, config });
    const name = `paths.${key}.recorded.${medium}`;
    const recorded = (leastUs: number) => recordedOf(scenario, recording, leastUs);
    const read = measuredPath({ from, to, recorded, name });
    read.remarks.forEach(onRemark);
    return network.measured({ from, to, links: read.links, config });
  };
  return (from, to, medium) => {
    const key = `${from.name}/${to.name}/${medium}`;
    const links = known.get(key) ?? made(from, to, medium);
    known.set(key, links);
    return links;
  };
};

/** Nothing passes during the faults of a path, and no forecast knows of them. */
const withPathFaults = (scenario: Scenario, name: string, links: PathLinks): PathLinks => {
  const faults = pathFaultsOf(scenario, name);
  if (faults.length === 0) return links;
  const faulty = withOutages(faults);
  return { ...links, forward: faulty(links.forward), back: faulty(links.back) };
};

const accessOf = (
  scenario: Scenario,
  network: Network,
  name: string,
  place: (site: string) => NetworkSite,
  to: NetworkSite,
): { readonly links: PathLinks; readonly remarks: readonly string[] } => {
  const { site, access } = scenario.clients[name]!;
  const client = place(site) as GroundPlace; // reading a scenario checks that users are on the ground
  switch (access.kind) {
    case 'trace':
    case 'mahimahi': {
      const recorded = (leastUs: number) => recordedOf(scenario, access, leastUs);
      return measuredPath({ from: client, to, recorded, name: `clients.${name}.access` });
    }
    case 'fibre':
      return { links: network.access({ client, name, kind: 'fibre', to }), remarks: [] };
    case 'starlink': {
      const { kind, pop, ...dish } = access;
      return { links: network.access({ client, name, kind, pop, dish, to }), remarks: [] };
    }
  }
};

/**
 * The same topology with every path computed once from the start of the run to `untilMs`, for the runs that follow. That takes a
 * while, so it is done in pieces: yields the progress, as a share of 0 to 1. Ways through space come first, all of those in `geometry` together.
 */
export function* recordingTopology(topology: Topology, untilMs: Ms, geometry?: Geometry): Generator<number, Topology> {
  for (const share of geometry?.computing() ?? []) yield share * WAYS_SHARE;
  const paths = [...linksOf(topology)];
  const shareAt = (path: number): number => WAYS_SHARE + (1 - WAYS_SHARE) * (path / paths.length);
  const recorded = new Map<PathLinks, PathLinks>();
  for (const [index, [, links]] of paths.entries()) {
    if (recorded.has(links)) continue;
    const both: LinkModel[] = [];
    for (const [half, link] of [links.forward, links.back].entries()) {
      const work = recordingLink(link, 0, untilMs);
      let step = work.next();
      while (step.done !== true) {
        yield shareAt(index + (half + step.value / untilMs) / 2);
        step = work.next();
      }
      both.push(step.value);
    }
    recorded.set(links, { ...links, forward: both[0]!, back: both[1]! });
    yield shareAt(index + 1);
  }
  return withLinks(topology, (links) => recorded.get(links)!);
}

/** Of the work, in a usual scenario. */
const WAYS_SHARE = 0.8;

/** The same topology with every path, and its forecast, repeated each `cycleMs`. */
export const cyclicTopology = (topology: Topology, cycleMs: Ms): Topology =>
  withLinks(topology, ({ foreseen, ...links }) => {
    const cyclic = <Path extends Directions>(path: Path): Path => ({
      ...path,
      forward: cyclicLink(path.forward, cycleMs),
      back: cyclicLink(path.back, cycleMs),
    });
    const { spread } = foreseen;
    const inCycle = (atMs: Ms): Ms => atMs - Math.floor(atMs / cycleMs) * cycleMs;
    return {
      ...cyclic(links),
      foreseen: {
        ...cyclic(foreseen),
        spread: { forward: (atMs) => spread.forward(inCycle(atMs)), back: (atMs) => spread.back(inCycle(atMs)) },
      },
    };
  });

const withLinks = (topology: Topology, change: (links: PathLinks) => PathLinks): Topology => ({
  ...topology,
  endpoints: topology.endpoints.map((endpoint) => ({ ...endpoint, links: change(endpoint.links) })),
  clients: topology.clients.map((client) => ({ ...client, links: change(client.links) })),
});

/** What one of the routers sees: its endpoints and its clients, and all nodes. */
export const topologyFrom = (topology: Topology, { name }: RouterPlan): Topology => ({
  ...topology,
  routers: topology.routers.filter((router) => router.name === name),
  endpoints: topology.endpoints.filter(({ router }) => router === name),
  clients: topology.clients.filter(({ router }) => router === name),
});

/** The directions of every path by their names in the log. */
export const linksOf = ({ endpoints, clients }: Topology): ReadonlyMap<string, PathLinks> =>
  new Map([
    ...endpoints.map(({ name, links }) => [name, links] as const),
    ...clients.map(({ name, links }) => [`${name}/access`, links] as const),
  ]);
