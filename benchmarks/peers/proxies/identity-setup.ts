import type { ProxySetup } from './peer-proxy.ts';

/** What a proxy of ours is told in its first argument, as JSON. */
export type IdentitySetup = Omit<ProxySetup, 'folder'>;
