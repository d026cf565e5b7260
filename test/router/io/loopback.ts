import * as grpc from '@grpc/grpc-js';
import type { Event } from '../../../core/event/event.ts';
import { seededRng } from '../../../core/random/rng.ts';
import { SystemClock } from '../../../core/time/io/system-clock.ts';
import { AttemptRules, type AttemptSettings } from '../../../router/attempt/attempt-rules.ts';
import { EndpointTable } from '../../../router/endpoint/endpoint-table.ts';
import type { SignalSettings } from '../../../router/endpoint/signals-schema.ts';
import { Capacity } from '../../../router/filter/capacity.ts';
import { type HealthSettings, PathHealth } from '../../../router/filter/path-health.ts';
import type { DataPath, DataPathCounters, DataPathOptions } from '../../../router/io/data-path.ts';
import { FrameProxy } from '../../../router/io/frame-proxy/frame-proxy.ts';
import { createPolicy } from '../../../router/pick/create-policy.ts';
import type { Policy } from '../../../router/pick/policy.ts';
import { WaitingRoom } from '../../../router/queue/waiting-room.ts';
import type { WaitingSettings } from '../../../router/queue/waiting-schema.ts';
import { routedEvents } from '../../../router/routed-events.ts';
import { Router } from '../../../router/router.ts';

const raw = (bytes: Buffer): Buffer => bytes;

/** Bytes in, a stream of bytes out. */
const service = {
  generate: {
    path: '/test.Echo/Generate',
    requestStream: false,
    responseStream: true,
    requestSerialize: raw,
    requestDeserialize: raw,
    responseSerialize: raw,
    responseDeserialize: raw,
  },
} as const;

export interface LoopbackNode {
  readonly port: number;
  /** Cuts its connections without a word and stops. */
  kill(): void;
  close(): void;
}

export const nodeOf = async (
  answer: grpc.handleServerStreamingCall<Buffer, Buffer>,
  port = 0,
): Promise<LoopbackNode> => {
  const server = new grpc.Server({ 'grpc.max_receive_message_length': -1 });
  server.addService(service, { generate: answer });
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, grpc.ServerCredentials.createInsecure(), (error, to) =>
      error === null ? resolve(to) : reject(error),
    );
  });
  const stop = (): void => server.forceShutdown();
  return { port: bound, kill: stop, close: stop };
};

export interface LoopbackProxy {
  readonly port: number;
  alsoListen(): Promise<number>;
  readonly router: Router;
  readonly clock: SystemClock;
  readonly events: readonly Event[];
  readonly path: DataPath;
  counters(): DataPathCounters;
  close(): Promise<void>;
}

export type CreateDataPath = (options: DataPathOptions) => DataPath;

export interface LoopbackOptions extends Partial<Omit<DataPathOptions, 'router' | 'addresses'>> {
  readonly port?: number;
  readonly maxOutstanding?: number;
  readonly queue?: Partial<WaitingSettings>;
  readonly maxAttempts?: number;
  readonly attempts?: AttemptSettings;
  readonly policy?: Policy;
  readonly clock?: SystemClock;
  /** The data path under test; the one over frames where it is left out. */
  readonly create?: CreateDataPath;
  /** The node of each endpoint; each has its own where it is left out. */
  readonly nodes?: readonly string[];
  /** How paths are checked; left out for not at all. */
  readonly health?: HealthSettings;
  /** Where it hears of the load of nodes; left out for answers alone. */
  readonly signals?: SignalSettings;
}

/** A round-robin proxy before those ports. */
export const proxyOf = async (ports: readonly number[], options: LoopbackOptions = {}): Promise<LoopbackProxy> => {
  const {
    port = 0,
    maxOutstanding = 1024,
    queue = {},
    maxAttempts = 2,
    attempts,
    nodes,
    health,
    signals,
    policy = createPolicy('round-robin'),
    ...rest
  } = options;
  const { clock = new SystemClock({ startUnixMs: performance.timeOrigin }) } = options;
  const events: Event[] = [];
  const endpoints = new EndpointTable(
    ports.map((_, index) => ({
      name: `node-${index}/fibre`,
      node: nodes?.[index] ?? `node-${index}`,
      medium: 'fibre',
    })),
  );
  const capacity = new Capacity(endpoints, maxOutstanding);
  const router = new Router({
    endpoints,
    policy,
    rules: new AttemptRules({ maxAttempts, ...attempts }),
    rng: seededRng(1)('policy'),
    observers: [capacity, routedEvents((event) => events.push(event), endpoints.names)],
    filters: [capacity],
    ...(signals && { signals }),
    room: new WaitingRoom({ size: 0, timeoutMs: 5000, quantumTokens: 1024, ...queue }, null),
    health: health === undefined ? null : new PathHealth(endpoints, health, { knowsSlots: true }),
  });
  const { create = (options) => new FrameProxy(options) } = options;
  const proxy = create({
    services: ['test.Echo'],
    ...rest,
    router,
    clock,
    addresses: ports.map((to) => ({ host: '127.0.0.1', port: to })),
  });
  const close = async (): Promise<void> => {
    await proxy.close();
    clock.close();
  };
  try {
    const bound = await proxy.listen({ host: '127.0.0.1', port });
    const alsoListen = (): Promise<number> => proxy.listen({ host: '127.0.0.1', port: 0 });
    return { port: bound, alsoListen, router, clock, events, path: proxy, counters: () => proxy.counters(), close };
  } catch (error) {
    clock.close();
    throw error;
  }
};

export interface LoopbackClient {
  generate(request: Buffer, metadata?: grpc.Metadata): grpc.ClientReadableStream<Buffer>;
  close(): void;
}

export const clientOf = (port: number): LoopbackClient => {
  const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
    'grpc.max_receive_message_length': -1,
    'grpc.enable_retries': 0,
    'grpc.use_local_subchannel_pool': 1,
  });
  return {
    generate: (request, metadata = new grpc.Metadata()) => {
      const stream = client.makeServerStreamRequest(service.generate.path, raw, raw, request, metadata);
      stream.on('error', () => {}); // the status says it
      return stream;
    },
    close: () => client.close(),
  };
};

/** Reads a stream to its end. */
export const streamed = async (
  stream: grpc.ClientReadableStream<Buffer>,
): Promise<{ messages: Buffer[]; headers: grpc.Metadata; status: grpc.StatusObject }> => {
  const messages: Buffer[] = [];
  let headers = new grpc.Metadata();
  stream.on('metadata', (metadata) => {
    headers = metadata;
  });
  stream.on('data', (message: Buffer) => messages.push(message));
  const status = await statusOf(stream);
  return { messages, headers, status };
};

/** How a stream ends, whether or not anyone reads it. */
export const statusOf = (stream: grpc.ClientReadableStream<Buffer>): Promise<grpc.StatusObject> => {
  stream.resume();
  return new Promise((resolve) => stream.once('status', resolve));
};

/** Lets the sockets of this process have their turn. */
export const settled = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
