import type { EventSink } from '../../core/event/event.ts';
import { seededRng } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';
import { VirtualClock } from '../../core/time/virtual-clock.ts';
import { isBound } from '../../router/pick/registry.ts';
import { RunningPolicy } from '../../router/pick/running-policy.ts';
import type { Router } from '../../router/router.ts';
import { engineOf } from '../../scenario/engine-of.ts';
import { nodeFaultsOf } from '../../scenario/faults-plan.ts';
import { handOverOf } from '../../scenario/hand-over-of.ts';
import { meantPolicy } from '../../scenario/meant-policy.ts';
import { policyRecipeOf, routerOf } from '../../scenario/router-of.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { scenarioObjectives } from '../../scenario/scenario-objectives.ts';
import { type Topology, topologyFrom } from '../../scenario/topology.ts';
import type { ClientRetries } from '../../services/client/client-retries.ts';
import { RunGaps } from '../../services/client/run-gaps.ts';
import { Transfer } from '../../services/node/engine/transfer.ts';
import type { AccessPath } from './access-path.ts';
import type { Path } from './crossing.ts';
import { Flights } from './flights.ts';
import { Floor } from './floor.ts';
import { playedPaths } from './played-paths.ts';
import { playRollout } from './played-rollout.ts';
import { SimulatedChecks } from './simulated-checks.ts';
import { Connection } from './simulated-connection.ts';
import { SimulatedNode } from './simulated-node.ts';
import { SimulatedProbes } from './simulated-probes.ts';
import { SimulatedReports } from './simulated-reports.ts';
import { truthOf } from './truth.ts';

/** Everything that the calls of one router pass through; `paths`, `connections` and `nodeOf` are indexed by its endpoints. */
export interface SimulatedParts {
  readonly clock: VirtualClock;
  readonly router: Router;
  readonly paths: readonly Path[];
  readonly connections: readonly Connection[];
  readonly nodeOf: readonly SimulatedNode[];
  /** By the clients of the router. */
  readonly access: ReadonlyMap<string, AccessPath>;
  readonly probes: SimulatedProbes;
  readonly emit: EventSink;
  readonly deadlineMs: Ms;
  /** When the run ends at the latest. */
  readonly endMs: Ms;
  /** Of the whole run, for all routers. */
  readonly gaps: RunGaps;
  /** How clients try again by themselves; null where they do not. */
  readonly retries: ClientRetries | null;
  /** What bounds know of prompts on their way; null under any other policy, which costs nothing then. */
  readonly flights: Flights | null;
}

/** The parts of a run by router, in the order of the topology: what they share are the clock and the nodes. */
export const simulatedParts = (options: {
  readonly scenario: Scenario;
  readonly topology: Topology;
  readonly policy: string;
  readonly emit: EventSink;
  /** How clients try again by themselves. Default: they do not. */
  readonly retries?: ClientRetries | null;
}): {
  readonly routers: readonly SimulatedParts[];
  readonly nodes: readonly SimulatedNode[];
  readonly gaps: RunGaps;
} => {
  const { scenario, topology, policy, emit, retries = null } = options;
  const clock = new VirtualClock();
  const rng = seededRng(scenario.seed);
  const { endpoints: playing, access } = playedPaths({ scenario, topology, clock, rng });
  const flights = new Flights();
  const floor = new Floor(topology);
  const objectives = scenarioObjectives(scenario);
  const knowsFlights = isBound(meantPolicy(scenario.router, policy)?.policy ?? policy);
  const routers = topology.routers.map((plan) => {
    const seen = topologyFrom(topology, plan);
    const paths: Path[] = [];
    const nodeOf: SimulatedNode[] = [];
    const { endpoints } = seen;
    const truth = truthOf({ endpoints, clients: topology.clients, paths, nodeOf, flights, floor, objectives });
    const running = new RunningPolicy(policyRecipeOf(plan, policy, { scenario, truth }));
    const { delayMs } = plan.config.signals;
    const router = routerOf(scenario, seen, {
      ...{ policy: running.policy, emit, truth },
      ...(delayMs > 0 && { later: (take, nowMs) => void clock.at(nowMs + delayMs, take) }),
    });
    playRollout({ plan, run: { scenario, policy }, running, router, truth, clock, emit });
    const connections = seen.endpoints.map(
      ({ name }, endpoint) => new Connection(endpoint, { router, path: playing.get(name)! }),
    );
    return { seen, router, paths, nodeOf, connections };
  });
  const connectionsTo = Map.groupBy(
    routers.flatMap(({ seen, connections }) =>
      seen.endpoints.map(({ node }, endpoint) => ({ node, connection: connections[endpoint]! })),
    ),
    ({ node }) => node,
  );
  const nodes = new Map(
    topology.nodes.map((plan) => {
      const node = new SimulatedNode({
        engine: engineOf(scenario, plan, clock, emit),
        clock,
        emit,
        rng: rng(`faults/${plan.name}`),
        connections: (connectionsTo.get(plan.name) ?? []).map(({ connection }) => connection),
        planned: nodeFaultsOf(scenario, plan.name),
      });
      return [plan.name, node] as const;
    }),
  );
  for (const plan of topology.nodes) {
    const handOver = handOverOf(scenario, plan.config);
    if (handOver === null) continue;
    const to = handOver.to.map((name) => nodes.get(name)!);
    nodes.get(plan.name)!.handsOverTo(to, new Transfer(handOver.transfer));
  }
  const gaps = new RunGaps({ warmUpMs: scenario.warmUpS * 1000, stallMs: scenario.slo.stallMs });
  return {
    gaps,
    nodes: [...nodes.values()],
    routers: routers.map(({ seen, router, paths, nodeOf, connections }) => {
      for (const { name, node } of seen.endpoints) {
        nodeOf.push(nodes.get(node)!);
        paths.push(nodes.get(node)!.gated(playing.get(name)!));
      }
      const probes = new SimulatedProbes({ clock, router, paths, nodeOf });
      clock.at(0, (atMs) => probes.look(atMs));
      const { outOfBand } = router.signals;
      if (outOfBand !== null) {
        const reports = new SimulatedReports({ clock, router, paths, nodeOf, everyMs: outOfBand.everyMs });
        reports.begin(rng(`reports/${seen.routers[0]!.name}`));
      }
      const { health } = router;
      if (health !== null && (scenario.router.health.intervalMs > 0 || scenario.rollout !== undefined)) {
        const renew = (endpoint: number): void => playing.get(seen.endpoints[endpoint]!.name)!.renew();
        const hear = (nowMs: Ms): void => {
          for (const { name } of seen.clients) access.get(name)!.advance(nowMs);
        };
        const checks = new SimulatedChecks({ clock, health, paths, nodeOf, renew, hear });
        clock.at(0, (atMs) => checks.look(atMs));
      }
      return {
        clock,
        router,
        paths,
        connections,
        nodeOf,
        probes,
        access: new Map(seen.clients.map(({ name }) => [name, access.get(name)!])),
        emit,
        deadlineMs: scenario.load.deadlineS * 1000,
        endMs: (scenario.durationS + scenario.drainS) * 1000,
        gaps,
        retries,
        flights: knowsFlights ? flights : null,
      };
    }),
  };
};
