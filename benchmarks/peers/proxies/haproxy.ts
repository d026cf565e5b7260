import type { PeerProxy } from './peer-proxy.ts';

/** HAProxy with one thread, connections to endpoints shared by all clients. */
export const HAPROXY: PeerProxy = {
  name: 'haproxy',
  command: 'haproxy',
  versionArgs: ['-v'],
  launch: ({ port, endpointPorts, tls, folder }) => {
    const ofClients = tls === null ? 'proto h2' : `ssl crt ${tls.pairFile} alpn h2`;
    const ofServers =
      tls === null ? 'proto h2' : `ssl verify required ca-file ${tls.certFile} sni str(localhost) alpn h2`;
    const lines = [
      'global',
      '  nbthread 1',
      '  maxconn 4000',
      '  tune.h2.max-concurrent-streams 1000',
      'defaults',
      '  mode http',
      '  timeout connect 5s',
      '  timeout client 1h',
      '  timeout server 1h',
      'frontend clients',
      `  bind 127.0.0.1:${port} ${ofClients}`,
      '  default_backend servers',
      'backend servers',
      '  balance roundrobin',
      '  http-reuse always',
      ...endpointPorts.map((endpointPort, index) => `  server s${index} 127.0.0.1:${endpointPort} ${ofServers}`),
      '',
    ];
    return {
      args: ['-db', '-f', `${folder}/haproxy.cfg`],
      files: { 'haproxy.cfg': lines.join('\n') },
    };
  },
};
