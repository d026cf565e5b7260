import type { DishRate } from '../../netem/links/path-links.ts';
import type { NamespacePaths, ProbedPath } from '../../netem/shaping/agent/namespace-paths.ts';
import type { RouterPlan } from '../router-plan.ts';
import { type Topology, topologyFrom } from '../topology.ts';
import type { DeploymentEnvironment, NetworkName } from './environment.ts';
import { accessPort, accessProbePort, GRPC_PORT, nodePort, nodeProbePort } from './ports.ts';

/** The part whose namespace contains the users' side of every access link. */
export const USERS = 'users';

/** The part that is the router, where there is one. */
export const ROUTER = 'router';

/** The part that a router is, and the name of its container: `router`, or `router-NAME` where there are several. */
export const routerPart = ({ label }: Pick<RouterPlan, 'label'>): string =>
  label === null ? ROUTER : `${ROUTER}-${label}`;

/** The name of a part on one of its networks. */
export const hostOn = (network: NetworkName, part: string): string => `${part}.${network}`;

/**
 * The name under which `host` is reached. On Swarm the name of a service leads to a virtual address in front of its
 * containers. With `tasks.` the name leads to the container itself, over the network of that name.
 */
export const reachedAt = (host: string, { isSwarm }: Pick<DeploymentEnvironment, 'isSwarm'>): string =>
  isSwarm ? `tasks.${host}` : host;

/** Where the far end of a path is reached: each path has a door of its own there. */
export interface PathDoor {
  readonly host: string;
  readonly port: number;
  readonly probePort: number;
}

/** Where routers reach their endpoints, by the names of these. */
export const endpointDoors = ({
  routers,
  endpoints,
}: Pick<Topology, 'routers' | 'endpoints'>): ReadonlyMap<string, PathDoor> => {
  const numbers = new Map(routers.map(({ name }, index) => [name, index]));
  return new Map(
    endpoints.map(({ name, router, node, medium }) => {
      const number = numbers.get(router)!;
      return [name, { host: hostOn(medium, node), port: nodePort(number), probePort: nodeProbePort(number) }];
    }),
  );
};

/** Where each group of users calls its router. */
export const accessDoors = (topology: Pick<Topology, 'routers' | 'clients'>): ReadonlyMap<string, PathDoor> => {
  const parts = routerParts(topology);
  return new Map(
    topology.clients.map(({ name, router }, index) => {
      const host = hostOn('access', parts.get(router)!);
      return [name, { host, port: accessPort(index), probePort: accessProbePort(index) }];
    }),
  );
};

/** The link directions that the agent of `part` (a node, a router or `users`) has to play. */
export const namespacePlan = (topology: Topology, part: string): NamespacePaths => {
  if (part === USERS) return usersPlan(topology);
  const router = topology.routers.find((plan) => routerPart(plan) === part);
  return router === undefined ? nodePlan(topology, part) : routerPlan(topology, router);
};

const nodePlan = (topology: Topology, part: string): NamespacePaths => {
  const endpoints = topology.endpoints.filter(({ node }) => node === part);
  const doors = endpointDoors(topology);
  const parts = routerParts(topology);
  return {
    departures: endpoints.map(({ name, router, medium, links }) => ({
      link: `${name}/back`,
      model: links.back,
      network: medium,
      peer: hostOn(medium, parts.get(router)!),
      ...uplinkOf(links.dishes?.back),
    })),
    arrivals: endpoints.map(({ name, medium, links }) => ({
      path: name,
      links,
      network: medium,
      port: doors.get(name)!.port,
      targetPort: GRPC_PORT,
      probePort: doors.get(name)!.probePort,
    })),
    probed: [],
  };
};

const routerPlan = (topology: Topology, plan: RouterPlan): NamespacePaths => {
  const { endpoints, clients } = topologyFrom(topology, plan);
  const nodes = endpointDoors(topology);
  const doors = accessDoors(topology);
  return {
    departures: [
      ...endpoints.map(({ name, node, medium, links }) => ({
        link: `${name}/forward`,
        model: links.forward,
        network: medium,
        peer: hostOn(medium, node),
        ...uplinkOf(links.dishes?.forward),
      })),
      ...clients.map(({ name, links }) => ({
        link: `${name}/access/back`,
        model: links.back,
        network: 'access',
        peer: hostOn('access', USERS),
        ports: { at: 'source' as const, load: doors.get(name)!.port, probes: doors.get(name)!.probePort },
      })),
    ],
    arrivals: clients.map(({ name, links }) => ({
      path: `${name}/access`,
      links,
      network: 'access',
      port: doors.get(name)!.port,
      targetPort: GRPC_PORT,
      probePort: doors.get(name)!.probePort,
    })),
    probed: endpoints.map(({ name }) => probedAt(name, nodes.get(name)!)),
  };
};

const usersPlan = (topology: Topology): NamespacePaths => {
  const doors = accessDoors(topology);
  return {
    departures: topology.clients.map(({ name, links }) => {
      const { host, port, probePort } = doors.get(name)!;
      return {
        link: `${name}/access/forward`,
        model: links.forward,
        network: 'access',
        peer: host,
        ports: { at: 'destination' as const, load: port, probes: probePort },
      };
    }),
    arrivals: [],
    probed: topology.clients.map(({ name }) => probedAt(`${name}/access`, doors.get(name)!)),
  };
};

const probedAt = (path: string, { host, probePort }: PathDoor): ProbedPath => ({ path, host, port: probePort });

/** The dish at the near end sends: the kernel there can share its rate. The downlink at the far end has no place of its own. */
const uplinkOf = (dishes: readonly DishRate[] | undefined): { readonly uplink?: DishRate } => {
  const uplink = dishes?.find(({ name }) => name.endsWith('/up'));
  return uplink === undefined ? {} : { uplink };
};

/** The container of each router, by its name in the plan. */
const routerParts = ({ routers }: Pick<Topology, 'routers'>): ReadonlyMap<string, string> =>
  new Map(routers.map((plan) => [plan.name, routerPart(plan)]));
