import { readFileSync } from 'node:fs';
import { type ClientHttp2Session, connect, createSecureServer, createServer, type ServerHttp2Stream } from 'node:http2';
import type { IdentitySetup } from '../proxies/identity-setup.ts';

/** A proxy over node:http2 as one would write it first: each stream is piped to one endpoint, in turn, and back. */
const { port, endpointPorts, tls } = JSON.parse(process.argv[2]!) as IdentitySetup;
const cert = tls === null ? null : readFileSync(tls.certFile, 'utf8');
const settings = { initialWindowSize: 1 << 20, maxConcurrentStreams: 100_000 };

const endpoints: ClientHttp2Session[] = endpointPorts.map((endpointPort) => {
  const options = cert === null ? { settings } : { settings, ca: cert, servername: 'localhost' };
  const session = connect(`${cert === null ? 'http' : 'https'}://127.0.0.1:${endpointPort}`, options);
  session.on('error', (error) => process.stderr.write(`${error.message}\n`));
  return session;
});

let next = 0;
const server =
  tls === null
    ? createServer({ settings })
    : createSecureServer({ settings, cert: cert!, key: readFileSync(tls.keyFile) });
server.on('stream', (client: ServerHttp2Stream, headers) => {
  const upstream = endpoints[next]!.request(headers);
  next = (next + 1) % endpoints.length;
  client.on('error', () => upstream.close());
  client.on('close', () => upstream.close());
  upstream.on('error', () => client.close());
  let trailers = {};
  upstream.on('response', (answer) => {
    if (client.destroyed) return;
    client.respond(answer, { waitForTrailers: true });
    client.on('wantTrailers', () => client.sendTrailers(trailers));
    upstream.pipe(client);
  });
  upstream.on('trailers', (received) => {
    trailers = received;
  });
  client.pipe(upstream);
});
server.on('sessionError', (error) => process.stderr.write(`${error.message}\n`));
server.on('error', (error) => process.stderr.write(`${error.message}\n`));
server.listen(port, '127.0.0.1');
