import type { EventSink } from '../../../core/event/event.ts';
import { seededRng } from '../../../core/random/rng.ts';
import type { Ms } from '../../../core/time/clock.ts';
import { VirtualClock } from '../../../core/time/virtual-clock.ts';
import type { Path } from '../../../hosts/simulate/crossing.ts';
import { SimulatedChecks } from '../../../hosts/simulate/simulated-checks.ts';
import { Connection } from '../../../hosts/simulate/simulated-connection.ts';
import { SimulatedNode } from '../../../hosts/simulate/simulated-node.ts';
import { SimulatedProbes } from '../../../hosts/simulate/simulated-probes.ts';
import { requestBytes, TOKEN_BYTES } from '../../../hosts/simulate/wire-size.ts';
import type { Truth } from '../../../router/policy/oracle.ts';
import type { Router } from '../../../router/router.ts';
import { engineOf } from '../../../scenario/engine-of.ts';
import { nodeFaultsOf } from '../../../scenario/faults-plan.ts';
import { routerOf } from '../../../scenario/router-of.ts';
import type { Scenario } from '../../../scenario/scenario.ts';
import type { Topology } from '../../../scenario/topology.ts';
import { RunGaps } from '../../../services/client/run-gaps.ts';
import { referencePaths } from './reference-paths.ts';

/** As `SimulatedParts`, with one clock for all paths. */
export interface ReferenceParts {
  readonly clock: VirtualClock;
  readonly router: Router;
  readonly paths: readonly Path[];
  readonly connections: readonly Connection[];
  readonly nodeOf: readonly SimulatedNode[];
  readonly access: ReadonlyMap<string, Path>;
  readonly probes: SimulatedProbes;
  readonly emit: EventSink;
  readonly deadlineMs: Ms;
  readonly gaps: RunGaps;
}

export const referenceParts = (options: {
  readonly scenario: Scenario;
  readonly topology: Topology;
  readonly policy: string;
  readonly emit: EventSink;
}): ReferenceParts => {
  const { scenario, topology, policy, emit } = options;
  const clock = new VirtualClock();
  const rng = seededRng(scenario.seed);
  const playing = referencePaths({ scenario, topology, clock, rng });
  const paths: Path[] = [];
  const nodeOf: SimulatedNode[] = [];
  const router = routerOf(scenario, topology, { policy, emit, truth: truthOf(paths, nodeOf) });
  const connections = topology.endpoints.map(
    ({ name }, endpoint) => new Connection(endpoint, { router, path: playing.get(name)! }),
  );
  const nodes = new Map(
    topology.nodes.map((plan) => {
      const node = new SimulatedNode({
        engine: engineOf(scenario, plan, clock, emit),
        clock,
        emit,
        rng: rng(`faults/${plan.name}`),
        connections: connections.filter((_, endpoint) => topology.endpoints[endpoint]!.node === plan.name),
        planned: nodeFaultsOf(scenario, plan.name),
      });
      return [plan.name, node] as const;
    }),
  );
  for (const { name, node } of topology.endpoints) {
    nodeOf.push(nodes.get(node)!);
    paths.push(nodes.get(node)!.gated(playing.get(name)!));
  }
  const probes = new SimulatedProbes({ clock, router, paths, nodeOf });
  clock.at(0, (atMs) => probes.look(atMs));
  const { health } = router;
  if (health !== null && scenario.router.health.intervalMs > 0) {
    const renew = (endpoint: number): void => playing.get(topology.endpoints[endpoint]!.name)!.renew();
    const checks = new SimulatedChecks({ clock, health, paths, nodeOf, renew, hear: () => {} });
    clock.at(0, (atMs) => checks.look(atMs));
  }
  return {
    clock,
    router,
    paths,
    connections,
    nodeOf,
    probes,
    access: new Map(topology.clients.map(({ name }) => [name, playing.get(`${name}/access`)!])),
    emit,
    deadlineMs: scenario.load.deadlineS * 1000,
    gaps: new RunGaps({ warmUpMs: scenario.warmUpS * 1000, stallMs: scenario.slo.stallMs }),
  };
};

/** The links as they will be and the queues as they are, but not the prompts of others that are still on their way. */
const truthOf = (paths: readonly Path[], nodeOf: readonly SimulatedNode[]): Truth => ({
  ttftMs: (endpoint, request, nowMs) => {
    const { forward, back } = paths[endpoint]!.connection;
    const firstTokenAtMs = nodeOf[endpoint]!.engine.forecastFirstTokenMs(
      request.promptTokens,
      forward.arrivalMs(nowMs, requestBytes(request.promptTokens)),
    );
    return back.arrivalMs(firstTokenAtMs, TOKEN_BYTES) - nowMs;
  },
  costToAllMs: () => Number.NaN,
  floorMs: () => Number.NaN,
});
