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
import { RunningPolicy } from '../../router/pick/running-policy.ts';
import { namesOfPolicies } from '../../scenario/meant-policy.ts';
import type { ReloadedScenario } from '../../scenario/reloaded-scenario.ts';
import { policyRecipeOf, routerOf } from '../../scenario/router-of.ts';
import { type RouterPlan, routerPlansOf } from '../../scenario/router-plan.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { Topology } from '../../scenario/topology.ts';
import { reflectionPackage } from '../../services/grpc/reflection-package.ts';
import type { RouterReady } from '../part-setup.ts';

/** A router that may go on with an edited scenario, in which only what can change while it runs is another. */
export interface ReloadableRouter extends Service<RouterReady> {
  /** Throws where a policy cannot be made, and then nothing has changed. */
  reload(next: ReloadedScenario): void;
}

/** A router of a live run under one policy, over real connections; `topology` is what it sees. Rejects when a port is in use. */
export const startRouter = async (options: {
  readonly scenario: Scenario;
  readonly topology: Topology;
  readonly policy: string;
  /** Where each endpoint is reached, in the order of the topology. */
  readonly addresses: readonly Address[];
  /** The first is open to any caller; all lead to the same router. */
  readonly doors: readonly [Address, ...Address[]];
  /** How long requests may continue when it ends: 0 where only this run calls, or as long as the scenario says. */
  readonly drainMs: Ms | 'of-scenario';
  readonly emit: EventSink;
}): Promise<ReloadableRouter> => {
  const { topology, addresses, doors, drainMs, emit } = options;
  let { policy, scenario } = options;
  const planIn = (of: Scenario): RouterPlan =>
    routerPlansOf(of).find(({ name }) => name === topology.routers[0]!.name)!;
  let plan = planIn(scenario);
  const clock = SystemClock.notStarted();
  const { dataPath: carrier, idleS, maxConnections, bytesPerToken } = plan.config;
  const running = new RunningPolicy(policyRecipeOf(plan, policy, { scenario }));
  const reflection = new ReflectionService(reflectionPackage([Inference, Health]));
  const { router, dataPath, metrics, health } = await measuredDataPath({
    names: topology.endpoints.map(({ name }) => name),
    carrier,
    method: METHOD,
    policy,
    routerWith: (observers, picks) =>
      routerOf(scenario, { ...topology, routers: [plan] }, { policy: running.policy, emit, observers, picks }),
    clock,
    addresses,
    services: ROUTED,
    own: new OwnServices(ROUTED, [new ServedInside('grpc.reflection.', (server) => reflection.addToServer(server))]),
    bytesPerToken,
    // The run was to have those reports: without them it is another one.
    tell: (reason) => emit({ kind: 'fault', atMs: clock.now(), part, reason }),
    limits: { idleMs: idleS * 1000, maxConnections },
  });
  const { label } = plan;
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
        router.replace(running.become(policyRecipeOf(plan, name, { scenario })));
        metrics.switchTo(name);
        // Where a run is recorded, it is of two policies.
        emit({ kind: 'fault', atMs: clock.now(), part, reason: `was switched from ${policy} to ${name}` });
        policy = name;
        return { policy };
      },
    },
    reload: ({ scenario: next, policy: name = policy, changes }) => {
      const nextPlan = planIn(next);
      const picks = running.become(policyRecipeOf(nextPlan, name, { scenario: next }));
      router.replace(picks); // first, since requests that wait may be served by the new settings
      router.retune(nextPlan.config, clock.now());
      dataPath.retune(nextPlan.config);
      if (name !== policy) metrics.switchTo(name);
      [scenario, plan, policy] = [next, nextPlan, name];
      const own = changes.filter(({ key }) => isOf(plan, key));
      if (own.length === 0) return;
      emit({ kind: 'reloaded', atMs: clock.now(), ...(label !== null && { router: label }), changes: own });
    },
    cut: async () => {
      await dataPath.close();
      clock.close();
    },
    close: async () => {
      isDraining = true;
      const limitMs = drainMs === 'of-scenario' ? plan.config.drainS * 1000 : drainMs;
      if (limitMs > 0) await dataPath.drain(limitMs);
      await dataPath.close();
      clock.close();
    },
  };
};

/** Whether a key is about all routers, or about that one. */
const isOf = ({ name }: RouterPlan, key: string): boolean =>
  !key.startsWith('routers.') || key.startsWith(`routers.${name}.`);

/** What users may call at nodes: neither their control, which is the operator's, nor their load reports, since each node has its own. */
const ROUTED: readonly string[] = [Inference.typeName];

const METHOD = `${Inference.typeName}/${Inference.method.generate.name}`;
