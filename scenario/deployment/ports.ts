/** Port on which nodes and routers listen for gRPC in their containers. */
export const GRPC_PORT = 50_051;

/** Port at which the router with this number reaches a node. Each router has its own port, and so its own paths. */
export const nodePort = (router: number): number => GRPC_PORT + router;

/** Port on which a router listens for the group of users with this number. Each group has its own port, and so its own path. */
export const accessPort = (client: number): number => GRPC_PORT + 1 + client;

/** The variables of the compose file that publish each router at its port, in their order; 0 lets the engine choose. */
export const publishedAt = (ports: readonly number[]): Readonly<Record<string, string>> =>
  Object.fromEntries(ports.map((port, router) => [portVariable(router), String(port)]));

/** The variable of the compose file with the port on 127.0.0.1 at which the router with this number is published. */
export const portVariable = (router: number): string =>
  router === 0 ? 'STARLANE_PORT' : `STARLANE_PORT_${router + 1}`;

/** Health and metrics of a node, of a router and of the users' side. */
export const CONTROL_PORT = 9464;

/** Health and metrics of the agent of each of them. */
export const AGENT_CONTROL_PORT = 9465;

const PROBE_PORT = 40_000;

/** Port on which a node answers the probes of the router with this number, over every medium. */
export const nodeProbePort = (router: number): number => PROBE_PORT + router;

/** Port on which a router answers the probes of the group of users with this number. */
export const accessProbePort = (client: number): number => PROBE_PORT + 1 + client;
