import type { PeerProxy } from './peer-proxy.ts';

/** nghttpx of nghttp2, one worker, and as many streams a connection as the others take. */
export const NGHTTPX: PeerProxy = {
  name: 'nghttpx',
  command: 'nghttpx',
  versionArgs: ['--version'],
  launch: ({ port, endpointPorts, tls }) => ({
    args: [
      '--conf=/dev/null', // or it also listens where the configuration of the system says
      '--workers=1',
      `--frontend=127.0.0.1,${port}${tls === null ? ';no-tls' : ''}`,
      ...endpointPorts.map(
        (endpointPort) => `--backend=127.0.0.1,${endpointPort};;proto=h2${tls === null ? '' : ';tls;sni=localhost'}`,
      ),
      '--frontend-http2-max-concurrent-streams=1000',
      '--backend-http2-max-concurrent-streams=1000',
      '--frontend-http2-read-timeout=1h',
      '--no-ocsp',
      ...(tls === null ? [] : [`--cacert=${tls.certFile}`, tls.keyFile, tls.certFile]),
    ],
  }),
};
