import type { MakeByteClient } from './byte-client.ts';
import { connectClient } from './connect-client.ts';
import { grpcJsClient } from './grpc-js-client.ts';
import { niceGrpcClient } from './nice-grpc-client.ts';

/** The clients of gRPC for Node, by the names of their packages. */
export const BYTE_CLIENTS: Readonly<Record<string, MakeByteClient>> = {
  '@grpc/grpc-js': grpcJsClient,
  Connect: connectClient,
  'nice-grpc': niceGrpcClient,
};
