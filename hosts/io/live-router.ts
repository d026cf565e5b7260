import { ReflectionService } from '@grpc/reflection';
import type { EventSink } from '../../core/event/event.ts';
import type { Service } from '../../core/process/io/service-process.ts';
import type { Ms } from '../../core/time/clock.ts';
import { SystemClock } from '../../core/time/io/system-clock.ts';
import { Health } from '../../proto/gen/grpc/health/v1/health_pb.js';
import { Inference } from '../../proto/gen/starlane/inference/v1/inference_pb.js';
import type { Address } from '../../router/io/address.ts';
import { measuredDataPath } from '../../router/io/measured-data-path.ts';
import { OwnServices } from '../../router/io/own/own-services.ts';
import { ServedInside } from '../../router/io/own/served-inside.ts';
import { orderedPolicy } from '../../router/pick/live-policy.ts';
import { namesOfPolicies } from '../../scenario/meant-policy.ts';
import { policyOf, routerOf } from '../../scenario/router-of.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { Topology } from '../../scenario/topology.ts';
import { reflectionPackage } from '../../services/grpc/reflection-package.ts';
import type { RouterReady } from '../part-setup.ts';

/** A router of a live run under one policy, over real connections; `topology` is what it sees. Rejects when a port is in use. */
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
  const { scenario, topology, addresses, doors, drainMs, emit } = options;
  let { policy } = options;
  const clock = SystemClock.notStarted();
  const { dataPath: carrier, idleS, maxConnections, bytesPerToken } = scenario.router;
  const reflection = new ReflectionService(reflectionPackage([Inference, Health]));
  const { router, dataPath, metrics, health } = await measuredDataPath({
    names: topology.endpoints.map(({ name }) => name),
    carrier,
    method: METHOD,
    policy,
    routerWith: (observers, picks) => routerOf(scenario, topology, { policy, emit, observers, picks }),
    clock,
    addresses,
    services: ROUTED,
    own: new OwnServices(ROUTED, [new ServedInside('grpc.reflection.', (server) => reflection.addToServer(server))]),
    bytesPerToken,
    limits: { idleMs: idleS * 1000, maxConnections },
  });
  const { label } = topology.routers[0]!;
  const part = label === null ? 'router' : `router ${label}`;
  let isDraining = false;
  const [port] = await Promise.all(doors.map((door) => dataPath.listen(door)));
  return {
    ready: { port: port! },
    begin: (startUnixMs) => {
      clock.startAt(startUnixMs);
      router.clockWasSet();
    },
    health: () => ({ ...health(isDraining), policy }),
    metrics: () => metrics.text(),
    orders: {
      policy: (body) => {
        const name = orderedPolicy(body, namesOfPolicies(scenario.router, { simulated: false }));
        router.replace(policyOf(topology.routers[0]!, name, { scenario }));
        metrics.switchTo(name);
        // Where a run is recorded, it is of two policies.
        emit({ kind: 'fault', atMs: clock.now(), part, reason: `was switched from ${policy} to ${name}` });
        policy = name;
        return { policy };
      },
    },
    cut: async () => {
      await dataPath.close();
      clock.close();
    },
    close: async () => {
      isDraining = true;
      if (drainMs > 0) await dataPath.drain(drainMs);
      await dataPath.close();
      clock.close();
    },
  };
};

/** What users may call at nodes: neither their control, which is the operator's, nor their load reports, since each node has its own. */
const ROUTED: readonly string[] = [Inference.typeName];

const METHOD = `${Inference.typeName}/${Inference.method.generate.name}`;
