import { Server, ServerCredentials, type ServerOptions } from '@grpc/grpc-js';
import type { EventSink } from '../../../core/event/event.ts';
import type { Clock } from '../../../core/time/clock.ts';
import { Inference } from '../../../proto/gen/starlane/inference/v1/inference_pb.js';
import { serviceDefinition } from '../../grpc/service-definition.ts';
import type { Engine } from '../engine/engine.ts';
import { generateHandler } from './generate-handler.ts';

export interface GrpcNodeOptions {
  readonly engine: Engine;
  /** The clock of the engine. */
  readonly clock: Clock;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly emit: EventSink;
  /** Messages of one answer that may wait for a client to read; one more ends the answer. */
  readonly maxUnsentMessages?: number;
}

export interface GrpcNode {
  readonly port: number;
  /**
   * Takes no new request, lets open answers end for at most `limitMs`, then cuts them off. The engine stays open: it
   * belongs to the caller.
   */
  close(limitMs?: number): Promise<void>;
}

/** Serves `starlane.inference.v1.Inference` over an engine. Rejects with one line when it cannot have the port. */
export const serveGrpcNode = async (options: GrpcNodeOptions): Promise<GrpcNode> => {
  const server = new Server(SERVER_OPTIONS);
  server.addService(serviceDefinition(Inference), {
    generate: generateHandler({ maxUnsentMessages: DEFAULT_MAX_UNSENT_MESSAGES, ...options }),
  });
  const port = await bind(server, options);
  let closed: Promise<void> | undefined;
  return {
    port,
    close: (limitMs = DEFAULT_DRAIN_MS) => {
      closed ??= shutDown(server, limitMs);
      return closed;
    },
  };
};

const DEFAULT_DRAIN_MS = 5000;

/** Under 1 MB an answer. Twenty seconds of a fast one, so that a path which is out for a slot cuts nobody off. */
const DEFAULT_MAX_UNSENT_MESSAGES = 4096;

const SERVER_OPTIONS: ServerOptions = {
  // More than the engine ever holds, so that its queue refuses with a hint and the transport never stalls a client.
  'grpc.max_concurrent_streams': 16_384,
  // A path may be out for seconds while satellites hand over: find a dead peer, but not one in the dark.
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 20_000,
  // `grpc.enable_channelz` stays on: without it @grpc/grpc-js 1.14 forgets its sessions, and `forceShutdown` ends none.
};

const bind = (server: Server, { host, port }: GrpcNodeOptions): Promise<number> =>
  new Promise((resolve, reject) => {
    const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, boundPort) => {
      if (error === null) resolve(boundPort);
      else if (error.message.includes('EADDRINUSE')) reject(new Error(`port ${port} is in use`));
      else reject(new Error(`cannot listen on ${address}: ${error.message}`));
    });
  });

const shutDown = (server: Server, limitMs: number): Promise<void> =>
  new Promise((resolve) => {
    const limit = setTimeout(() => {
      server.forceShutdown();
      resolve();
    }, limitMs);
    server.tryShutdown(() => {
      clearTimeout(limit);
      resolve();
    });
  });
