import type { NetworkName } from './environment.ts';

/** Default networks of a topology, in the range that RFC 2544 reserves for tests. The environment can change them. */
export const SUBNETS: Readonly<Record<NetworkName, string>> = {
  fibre: '198.18.16.0/24',
  laser: '198.18.17.0/24',
  access: '198.18.18.0/24',
};
