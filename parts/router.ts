import { ReflectionService } from '@grpc/reflection';
import { ConfigError } from '../core/config/config-error.ts';
import type { EventSink } from '../core/event/event.ts';
import { isForked, runService, type Service } from '../core/process/io/service-process.ts';
import { runStanding } from '../core/process/io/standing-service.ts';
import type { Ms } from '../core/time/clock.ts';
import { SystemClock } from '../core/time/io/system-clock.ts';
import type { RouterReady, RouterSetup } from '../hosts/part-setup.ts';
import { agentAtWork } from '../netem/shaping/agent/io/agent-at-work.ts';
import { startCompanion } from '../netem/shaping/agent/io/companion.ts';
import { Health } from '../proto/gen/grpc/health/v1/health_pb.js';
import { Inference } from '../proto/gen/starlane/inference/v1/inference_pb.js';
import type { Address } from '../router/io/address.ts';
import { Http2Proxy } from '../router/io/http2-proxy.ts';
import { OwnServices } from '../router/io/own-services.ts';
import { RouterMetrics } from '../router/io/router-metrics.ts';
import { isPolicyName, policyNames } from '../router/pick/registry.ts';
import { deploymentOf } from '../scenario/deployment/environment.ts';
import { hostOn, ROUTER, reachedAt } from '../scenario/deployment/namespace-plan.ts';
import { AGENT_CONTROL_PORT, accessPort, CONTROL_PORT, GRPC_PORT } from '../scenario/deployment/ports.ts';
import { standingOf, standingTopology } from '../scenario/deployment/standing-of.ts';
import { readScenario } from '../scenario/io/scenario-file.ts';
import { routerOf } from '../scenario/router-of.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type Topology, topologyOf } from '../scenario/topology.ts';
import { reflectionPackage } from '../services/grpc/reflection-package.ts';

const startRouter = async (options: {
  readonly scenario: Scenario;
  readonly topology: Topology;
  readonly policy: string;
  /** Where each endpoint is reached, in the order of the topology. */
  readonly addresses: readonly Address[];
  /** The first is where anybody calls; all lead to the same router. */
  readonly doors: readonly [Address, ...Address[]];
  /** How long requests may go on when it ends; 0 where nobody but this run calls. */
  readonly drainMs: Ms;
  readonly emit: EventSink;
}): Promise<Service<RouterReady>> => {
  const { scenario, topology, policy, addresses, doors, drainMs, emit } = options;
  const clock = SystemClock.notStarted();
  const router = routerOf(scenario, topology, { policy, emit });
  const { idleS, maxConnections } = scenario.router;
  const reflection = new ReflectionService(reflectionPackage([Inference, Health]));
  const dataPath = new Http2Proxy({
    router,
    clock,
    addresses,
    services: ROUTED,
    own: new OwnServices(ROUTED, [(server) => reflection.addToServer(server)]),
    limits: { idleMs: idleS * 1000, maxConnections },
  });
  let isDraining = false;
  const endpoints = () =>
    topology.endpoints.map(({ name }, index) => ({ name, isConnected: router.endpoints.available[index] === 1 }));
  const metrics = new RouterMetrics({ dataPath, endpoints, policy });
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

/** What users may call at nodes: neither their control, which is the operator's, nor their load reports, since each node has its own. */
const ROUTED: readonly string[] = [Inference.typeName];

if (isForked()) {
  runService<RouterSetup, RouterReady>((setup, { emit }) => {
    const scenario = readScenario(setup.scenario, setup.overrides);
    const topology = topologyOf(scenario);
    return startRouter({
      scenario,
      topology,
      policy: setup.policy,
      addresses: topology.endpoints.map(({ name }) => ({ host: '127.0.0.1', port: setup.endpointPorts[name]! })),
      doors: [{ host: '127.0.0.1', port: setup.port }],
      drainMs: 0,
      emit,
    });
  });
} else {
  await runStanding((emit) => {
    const deployment = deploymentOf(process.env);
    const { policy, isSwarm } = deployment;
    if (!isPolicyName(policy) || policy === 'oracle') {
      const usable = policyNames.filter((name) => name !== 'oracle');
      throw new ConfigError('STARLANE_POLICY', `is "${policy}", expected one of ${usable.join(', ')}`);
    }
    const scenario = readScenario(deployment.scenarioFile, deployment.overrides);
    const topology = standingTopology(scenario, deployment);
    const door = (port: number): Address => ({ host: '0.0.0.0', port });
    // On Swarm the relay in this container listens where each group of users calls.
    const doorsOfUsers = isSwarm ? [] : topology.clients.map((_, index) => door(accessPort(index)));
    if (isSwarm) startCompanion();
    return {
      standing: standingOf(scenario, deployment, { part: ROUTER, controlPort: CONTROL_PORT }),
      start: async () => {
        await agentAtWork(AGENT_CONTROL_PORT);
        return startRouter({
          scenario,
          topology,
          policy,
          addresses: topology.endpoints.map(({ node, medium }) => ({
            host: reachedAt(hostOn(medium, node), deployment),
            port: GRPC_PORT,
          })),
          doors: [door(GRPC_PORT), ...doorsOfUsers],
          drainMs: scenario.router.drainS * 1000,
          emit,
        });
      },
    };
  });
}
