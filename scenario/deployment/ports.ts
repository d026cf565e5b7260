/** Port on which nodes and the router listen for gRPC in their containers. */
export const GRPC_PORT = 50_051;

/** Port on which the router listens for the group of users with this number. Each group has its own port, and so its own path. */
export const accessPort = (client: number): number => GRPC_PORT + 1 + client;

/** Health and metrics of a node, of the router and of the users' side. */
export const CONTROL_PORT = 9464;

/** Health and metrics of the agent of each of them. */
export const AGENT_CONTROL_PORT = 9465;

/** Port on which a node answers probes, over every medium. */
export const PROBE_PORT = 40_000;

/** Port on which the router answers the probes of the group of users with this number. */
export const accessProbePort = (client: number): number => PROBE_PORT + 1 + client;
