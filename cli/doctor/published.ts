import { GRPC_PORT } from '../../scenario/deployment/ports.ts';

/** What a bare `docker compose up` publishes on 127.0.0.1. */
export const PUBLISHED_PORTS: readonly { readonly port: number; readonly what: string }[] = [
  { port: GRPC_PORT, what: 'the router' },
];

/** What every network of Starlane lies in. Source: RFC 2544, set aside for benchmarks of networks. */
export const STARLANE_NETWORKS = '198.18.0.0/15';

/** What the networks of a bare `docker compose up` lie in. */
export const COMMITTED_NETWORKS = '198.18.16.0/22';
