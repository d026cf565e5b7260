import type { PeerProxy, ProxySetup } from './peer-proxy.ts';

/** Starlane's router by itself with all that it does: peak-ewma, health checks, metrics. */
const starlaneOver = (name: string, dataPath: string): PeerProxy => ({
  name,
  command: 'node',
  versionArgs: ['--version'],
  launch: (setup) => ({
    args: ['cli/main.ts', 'router', '--config', `${setup.folder}/router.yaml`, '--data-path', dataPath],
    files: { 'router.yaml': JSON.stringify(configOf(setup)) },
  }),
});

export const STARLANE_FRAMES = starlaneOver('starlane', 'frames');
export const STARLANE_HTTP2 = starlaneOver('starlane-http2', 'node-http2');

/** As `router/standalone/router.schema.json` has it; JSON is YAML. */
const configOf = ({ port, endpointPorts, tls }: ProxySetup) => ({
  listen: `127.0.0.1:${port}`,
  endpoints: Object.fromEntries(
    endpointPorts.map((endpointPort, index) => [
      `e${index}`,
      {
        address: `127.0.0.1:${endpointPort}`,
        ...(tls !== null && { tls: { ca: tls.certFile, serverName: 'localhost' } }),
      },
    ]),
  ),
  policy: 'peak-ewma',
  admin: { listen: '127.0.0.1:0' },
  limits: { maxOutstanding: MOST_OUTSTANDING },
  ...(tls !== null && { tls: { cert: tls.certFile, key: tls.keyFile } }),
});

/** The other proxies have no such limit; ten thousand answers are open at a time in one case. */
const MOST_OUTSTANDING = 100_000;
