import type { DishRate } from '../../netem/links/path-links.ts';
import type { NamespacePaths } from '../../netem/shaping/agent/namespace-paths.ts';
import type { Topology } from '../topology.ts';
import type { DeploymentEnvironment, NetworkName } from './environment.ts';
import { accessPort, accessProbePort, GRPC_PORT, PROBE_PORT } from './ports.ts';

/** The part whose namespace contains the users' side of every access link. */
export const USERS = 'users';
export const ROUTER = 'router';

/** The name of a part on one of its networks. */
export const hostOn = (network: NetworkName, part: string): string => `${part}.${network}`;

/**
 * The name under which `host` is reached. On Swarm the name of a service leads to a virtual address in front of its
 * containers. With `tasks.` the name leads to the container itself, over the network of that name.
 */
export const reachedAt = (host: string, { isSwarm }: Pick<DeploymentEnvironment, 'isSwarm'>): string =>
  isSwarm ? `tasks.${host}` : host;

/** The link directions that the agent of `part` (a node, `router` or `users`) has to play. */
export const namespacePlan = (topology: Topology, part: string): NamespacePaths => {
  if (part === ROUTER) return routerPlan(topology);
  if (part === USERS) return usersPlan(topology);
  const endpoints = topology.endpoints.filter(({ node }) => node === part);
  return {
    departures: endpoints.map(({ name, medium, links }) => ({
      link: `${name}/back`,
      model: links.back,
      network: medium,
      peer: hostOn(medium, ROUTER),
      ...uplinkOf(links.dishes?.back),
    })),
    arrivals: endpoints.map(({ name, medium, links }) => ({
      path: name,
      links,
      network: medium,
      port: GRPC_PORT,
      targetPort: GRPC_PORT,
      probePort: PROBE_PORT,
    })),
    probed: [],
  };
};

const routerPlan = ({ endpoints, clients }: Topology): NamespacePaths => ({
  departures: [
    ...endpoints.map(({ name, node, medium, links }) => ({
      link: `${name}/forward`,
      model: links.forward,
      network: medium,
      peer: hostOn(medium, node),
      ...uplinkOf(links.dishes?.forward),
    })),
    ...clients.map(({ name, links }, index) => ({
      link: `${name}/access/back`,
      model: links.back,
      network: 'access',
      peer: hostOn('access', USERS),
      ports: { at: 'source' as const, load: accessPort(index), probes: accessProbePort(index) },
    })),
  ],
  arrivals: clients.map(({ name, links }, index) => ({
    path: `${name}/access`,
    links,
    network: 'access',
    port: accessPort(index),
    targetPort: GRPC_PORT,
    probePort: accessProbePort(index),
  })),
  probed: endpoints.map(({ name, node, medium }) => ({ path: name, host: hostOn(medium, node), port: PROBE_PORT })),
});

/** The dish at the near end sends: the kernel there can share its rate. The downlink at the far end has no place of its own. */
const uplinkOf = (dishes: readonly DishRate[] | undefined): { readonly uplink?: DishRate } => {
  const uplink = dishes?.find(({ name }) => name.endsWith('/up'));
  return uplink === undefined ? {} : { uplink };
};

const usersPlan = ({ clients }: Topology): NamespacePaths => ({
  departures: clients.map(({ name, links }, index) => ({
    link: `${name}/access/forward`,
    model: links.forward,
    network: 'access',
    peer: hostOn('access', ROUTER),
    ports: { at: 'destination' as const, load: accessPort(index), probes: accessProbePort(index) },
  })),
  arrivals: [],
  probed: clients.map(({ name }, index) => ({
    path: `${name}/access`,
    host: hostOn('access', ROUTER),
    port: accessProbePort(index),
  })),
});
