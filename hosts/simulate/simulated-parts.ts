import type { EventSink } from '../../core/event/event.ts';
import { seededRng } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';
import { VirtualClock } from '../../core/time/virtual-clock.ts';
import { LinkEmulator } from '../../netem/links/model/link-emulator.ts';
import type { Truth } from '../../router/policy/oracle.ts';
import type { Router } from '../../router/router.ts';
import { engineOf } from '../../scenario/engine-of.ts';
import { routerOf } from '../../scenario/router-of.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { linksOf, type Topology } from '../../scenario/topology.ts';
import type { Engine } from '../../services/node/engine/engine.ts';
import { SimulatedChecks } from './simulated-checks.ts';
import { SimulatedProbes } from './simulated-probes.ts';

/** Both directions of a path, playing. */
export interface Path {
  readonly forward: LinkEmulator;
  readonly back: LinkEmulator;
}

/** All that a simulated call passes through; `paths` and `engineOf` are indexed by endpoint. */
export interface SimulatedParts {
  readonly clock: VirtualClock;
  readonly router: Router;
  readonly paths: readonly Path[];
  readonly engineOf: readonly Engine[];
  readonly access: ReadonlyMap<string, Path>;
  readonly probes: SimulatedProbes;
  readonly emit: EventSink;
  readonly deadlineMs: Ms;
}

export const simulatedParts = (options: {
  readonly scenario: Scenario;
  readonly topology: Topology;
  readonly policy: string;
  readonly emit: EventSink;
}): SimulatedParts => {
  const { scenario, topology, policy, emit } = options;
  const clock = new VirtualClock();
  const rng = seededRng(scenario.seed);
  const engines = new Map(topology.nodes.map((node) => [node.name, engineOf(scenario, node, clock, emit)]));
  const playing = new Map(
    [...linksOf(topology)].map(([name, links]): [string, Path] => {
      const emulator = (direction: 'forward' | 'back'): LinkEmulator =>
        new LinkEmulator({
          name: `${name}/${direction}`,
          link: links[direction],
          clock,
          rng,
        });
      return [name, { forward: emulator('forward'), back: emulator('back') }];
    }),
  );
  const paths = topology.endpoints.map(({ name }) => playing.get(name)!);
  const byEndpoint = topology.endpoints.map(({ node }) => engines.get(node)!);
  const router = routerOf(scenario, topology, { policy, emit, truth: truthOf(paths, byEndpoint) });
  const probes = new SimulatedProbes({ clock, router, paths, engineOf: byEndpoint });
  clock.at(0, (atMs) => probes.look(atMs));
  const { health } = router;
  if (health !== null && scenario.router.health.intervalMs > 0) {
    const checks = new SimulatedChecks({ clock, health, paths, engineOf: byEndpoint });
    clock.at(0, (atMs) => checks.look(atMs));
  }
  return {
    clock,
    router,
    paths,
    engineOf: byEndpoint,
    probes,
    access: new Map(topology.clients.map(({ name }) => [name, playing.get(`${name}/access`)!])),
    emit,
    deadlineMs: scenario.load.deadlineS * 1000,
  };
};

/** The links as they will be and the queues as they are, but not the prompts of others that are still on their way. */
const truthOf = (paths: readonly Path[], engineOf: readonly Engine[]): Truth => ({
  ttftMs: (endpoint, request, nowMs) => {
    const { forward, back } = paths[endpoint]!;
    const firstTokenAtMs = engineOf[endpoint]!.forecastFirstTokenMs(request.promptTokens, forward.arrivalMs(nowMs));
    return back.arrivalMs(firstTokenAtMs) - nowMs;
  },
});
