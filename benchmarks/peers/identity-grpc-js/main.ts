import { readFileSync } from 'node:fs';
import {
  Client,
  credentials,
  type handleBidiStreamingCall,
  type MethodDefinition,
  Server,
  ServerCredentials,
} from '@grpc/grpc-js';
import { ECHO_PATH, HOLD_PATH, STREAM_PATH } from '../message.ts';
import type { IdentitySetup } from '../proxies/identity-setup.ts';

/** A proxy over @grpc/grpc-js as one would write it first: each call is passed to one endpoint, in turn, as bytes that nobody parses. */
const { port, endpointPorts, tls } = JSON.parse(process.argv[2]!) as IdentitySetup;
const cert = tls === null ? null : readFileSync(tls.certFile);
const options = {
  'grpc.max_receive_message_length': -1,
  'grpc.max_concurrent_streams': 100_000,
  'grpc.ssl_target_name_override': 'localhost',
};
const endpoints = endpointPorts.map(
  (endpointPort) =>
    new Client(
      `127.0.0.1:${endpointPort}`,
      cert === null ? credentials.createInsecure() : credentials.createSsl(cert),
      options,
    ),
);

const asItIs = (bytes: Buffer): Buffer => bytes;
const methodAt = (path: string): MethodDefinition<Buffer, Buffer> => ({
  path,
  requestStream: true,
  responseStream: true,
  requestSerialize: asItIs,
  requestDeserialize: asItIs,
  responseSerialize: asItIs,
  responseDeserialize: asItIs,
});

let next = 0;
const passTo =
  (path: string): handleBidiStreamingCall<Buffer, Buffer> =>
  (call) => {
    const upstream = endpoints[next]!.makeBidiStreamRequest(path, asItIs, asItIs, call.metadata, { parent: call });
    next = (next + 1) % endpoints.length;
    upstream.on('metadata', (metadata) => call.sendMetadata(metadata));
    upstream.on('error', () => {}); // its status follows
    upstream.on('status', (status) => (status.code === 0 ? call.end(status.metadata) : call.emit('error', status)));
    upstream.on('data', (message: Buffer) => call.write(message) || upstream.pause());
    call.on('drain', () => upstream.resume());
    call.on('cancelled', () => upstream.cancel());
    call.on('data', (message: Buffer) => upstream.write(message) || call.pause());
    upstream.on('drain', () => call.resume());
    call.on('end', () => upstream.end());
  };

const server = new Server(options);
const paths = [ECHO_PATH, STREAM_PATH, HOLD_PATH];
server.addService(
  Object.fromEntries(paths.map((path) => [path, methodAt(path)])),
  Object.fromEntries(paths.map((path) => [path, passTo(path)])),
);
const secured =
  tls === null
    ? ServerCredentials.createInsecure()
    : ServerCredentials.createSsl(null, [{ cert_chain: cert!, private_key: readFileSync(tls.keyFile) }]);
server.bindAsync(`127.0.0.1:${port}`, secured, (error) => {
  if (error !== null) throw error;
});
