import { GRPC_PORT } from '../../scenario/deployment/ports.ts';

/** Ports that a plain `docker compose up` publishes on 127.0.0.1. */
export const PUBLISHED_PORTS: readonly { readonly port: number; readonly what: string }[] = [
  { port: GRPC_PORT, what: 'the router' },
];

/** The range of all Starlane networks. Source: RFC 2544, which reserves it for network benchmarks. */
export const STARLANE_NETWORKS = '198.18.0.0/15';

/** The range of the networks of a plain `docker compose up`. */
export const COMMITTED_NETWORKS = '198.18.16.0/22';
