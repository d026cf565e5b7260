import { ReflectionService } from '@grpc/reflection';
import type { EventSink } from '../../core/event/event.ts';
import type { Service } from '../../core/process/io/service-process.ts';
import type { Ms } from '../../core/time/clock.ts';
import { SystemClock } from '../../core/time/io/system-clock.ts';
import { Health } from '../../proto/gen/grpc/health/v1/health_pb.js';
import { Inference } from '../../proto/gen/starlane/inference/v1/inference_pb.js';
import type { Address } from '../../router/io/address.ts';
import { Http2Proxy } from '../../router/io/http2-proxy.ts';
import { OwnServices } from '../../router/io/own-services.ts';
import { RouterMetrics } from '../../router/io/router-metrics.ts';
import { AttemptMetrics } from '../../router/metrics/attempt-metrics.ts';
import { CallMetrics } from '../../router/metrics/call-metrics.ts';
import { routerOf } from '../../scenario/router-of.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { Topology } from '../../scenario/topology.ts';
import { reflectionPackage } from '../../services/grpc/reflection-package.ts';
import type { RouterReady } from '../part-setup.ts';

/** The router of a live run: the scenario's, under one policy, over real connections. Rejects when a port is in use. */
export const startRouter = async (options: {
  readonly scenario: Scenario;
  readonly topology: Topology;
  readonly policy: string;
  /** Where each endpoint is reached, in the order of the topology. */
  readonly addresses: readonly Address[];
  /** The first is open to any caller; all lead to the same router. */
  readonly doors: readonly [Address, ...Address[]];
  /** How long requests may continue when it ends; 0 where only this run calls. */
  readonly drainMs: Ms;
  readonly emit: EventSink;
}): Promise<Service<RouterReady>> => {
  const { scenario, topology, policy, addresses, doors, drainMs, emit } = options;
  const clock = SystemClock.notStarted();
  const attempts = new AttemptMetrics(
    topology.endpoints.map(({ name }) => name),
    METHOD,
  );
  const calls = new CallMetrics(METHOD);
  const router = routerOf(scenario, topology, { policy, emit, observers: [attempts] });
  const { idleS, maxConnections } = scenario.router;
  const reflection = new ReflectionService(reflectionPackage([Inference, Health]));
  const dataPath = new Http2Proxy({
    router,
    clock,
    addresses,
    services: ROUTED,
    own: new OwnServices(ROUTED, [(server) => reflection.addToServer(server)]),
    calls,
    limits: { idleMs: idleS * 1000, maxConnections },
  });
  let isDraining = false;
  const endpoints = () =>
    topology.endpoints.map(({ name }, index) => ({ name, isConnected: router.endpoints.available[index] === 1 }));
  const metrics = new RouterMetrics({ dataPath, endpoints, policy, router, clock, families: [calls, attempts] });
  const [port] = await Promise.all(doors.map((door) => dataPath.listen(door)));
  return {
    ready: { port: port! },
    begin: (startUnixMs) => {
      clock.startAt(startUnixMs);
      router.clockWasSet();
    },
    health: () => {
      const unreachable = endpoints().filter(({ isConnected }) => !isConnected);
      return { ok: unreachable.length === 0 && !isDraining, policy, unreachable: unreachable.map(({ name }) => name) };
    },
    metrics: () => metrics.text(),
    close: async () => {
      isDraining = true;
      if (drainMs > 0) await dataPath.drain(drainMs);
      await dataPath.close();
      clock.close();
    },
  };
};

/** The services of nodes that users may call. Control is for the operator; load reports differ from node to node. */
const ROUTED: readonly string[] = [Inference.typeName];

const METHOD = `${Inference.typeName}/${Inference.method.generate.name}`;
