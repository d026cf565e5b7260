import type { IdentitySetup } from './identity-setup.ts';
import type { PeerProxy } from './peer-proxy.ts';

const identityOver = (name: string, module: string): PeerProxy => ({
  name,
  command: 'node',
  versionArgs: ['--version'],
  launch: ({ port, endpointPorts, tls }) => {
    const setup: IdentitySetup = { port, endpointPorts, tls };
    return { args: [module, JSON.stringify(setup)] };
  },
});

/** The least that a proxy over node:http2 does, and one over @grpc/grpc-js. */
export const IDENTITY_HTTP2 = identityOver('node-http2', 'benchmarks/peers/identity-http2/main.ts');
export const IDENTITY_GRPC_JS = identityOver('grpc-js', 'benchmarks/peers/identity-grpc-js/main.ts');
