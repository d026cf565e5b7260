import type { LoadTransportName } from '../../../workload/load-schema.ts';
import type { LoadTransport } from '../load-transport.ts';
import { FramesTransport } from './frames-transport.ts';
import { GrpcJsTransport } from './grpc-js-transport.ts';

/** How each transport is made, from `host:port` by client. */
export const loadTransports: Readonly<
  Record<LoadTransportName, (addresses: ReadonlyMap<string, string>) => LoadTransport>
> = {
  frames: (addresses) => new FramesTransport(addresses),
  'grpc-js': (addresses) => new GrpcJsTransport(addresses),
};
