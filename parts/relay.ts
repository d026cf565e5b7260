import { finiteEvents } from '../core/event/finite-events.ts';
import { closeAll } from '../core/process/close-all.ts';
import { runService, type Service } from '../core/process/io/service-process.ts';
import { seededRng } from '../core/random/rng.ts';
import { SystemClock } from '../core/time/io/system-clock.ts';
import { watchedEventLoop } from '../hosts/io/watched-event-loop.ts';
import { playRelayFaults } from '../hosts/local/io/relay-faults.ts';
import type { RelayReady, RelaySetup } from '../hosts/part-setup.ts';
import { emitLinkChanges } from '../netem/links/model/link-events.ts';
import { recordedLink } from '../netem/links/model/timeline.ts';
import { sharingSerialisers } from '../netem/links/serialisers-of.ts';
import { Relay } from '../netem/shaping/relay/io/relay.ts';
import { RelayMemory } from '../netem/shaping/relay/io/relay-memory.ts';
import { measureRelayOverheadMs } from '../netem/shaping/relay/io/relay-overhead.ts';
import { pathFaultsOf } from '../scenario/faults-plan.ts';
import { readScenario } from '../scenario/io/scenario-file.ts';
import { linksOf, topologyOf } from '../scenario/topology.ts';

runService<RelaySetup, RelayReady>(async (setup, parent) => {
  const { part } = setup;
  const emit = finiteEvents(part, parent.emit);
  const scenario = readScenario(setup.scenario);
  const untilMs = (scenario.durationS + scenario.drainS) * 1000;
  const links = linksOf(topologyOf(scenario));
  const clock = SystemClock.notStarted();
  const rng = seededRng(scenario.seed);
  const overheadMs = await measureRelayOverheadMs(clock, rng);
  const memory = new RelayMemory();
  const serialisersOf = sharingSerialisers();
  const refused = (relay: string) => (): void =>
    emit({ kind: 'fault', atMs: clock.now(), part: relay, reason: 'refused connections: too many were open' });
  const relays = new Map<string, Relay>();
  for (const [name, targetPort] of Object.entries(setup.targetPorts)) {
    const path = links.get(name);
    if (path === undefined) throw new Error(`the scenario has no path ${name}`);
    // Computed before the run: no path is computed while bytes wait.
    const forward = recordedLink(path.forward, 0, untilMs);
    const back = recordedLink(path.back, 0, untilMs);
    const probe = { listenPort: 0, targetPort: setup.echoPort };
    const serialisers = serialisersOf(path);
    const ends = {
      serialisers,
      transport: scenario.network.transport,
      listenPort: 0,
      targetPort,
      probe,
      memory,
      onRefused: refused(`the relay of ${name}`),
    };
    relays.set(name, await Relay.listen({ name, forward, back, clock, rng, overheadMs, ...ends }));
    playRelayFaults({ faults: pathFaultsOf(scenario, name), path: name, relay: relays.get(name)!, clock, emit });
    emitLinkChanges(`${name}/forward`, forward, { clock, emit, untilMs });
    emitLinkChanges(`${name}/back`, back, { clock, emit, untilMs });
  }
  const service: Service<RelayReady> = {
    ready: {
      ports: Object.fromEntries([...relays].map(([name, relay]) => [name, relay.port])),
      probePorts: Object.fromEntries([...relays].map(([name, relay]) => [name, relay.probePort!])),
    },
    begin: (startUnixMs) => clock.startAt(startUnixMs),
    close: () => closeAll([...[...relays.values()].map((relay) => () => relay.close()), () => clock.close()]),
  };
  return watchedEventLoop(service, { part, warmUpMs: scenario.warmUpS * 1000, emit });
});
