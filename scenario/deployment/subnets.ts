import type { NetworkName } from './environment.ts';

/** Where the networks of a topology are unless the environment says otherwise: in the range that RFC 2544 sets apart for tests. */
export const SUBNETS: Readonly<Record<NetworkName, string>> = {
  fibre: '198.18.16.0/24',
  laser: '198.18.17.0/24',
  access: '198.18.18.0/24',
};
