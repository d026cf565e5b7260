import { isIP } from 'node:net';
import { closeAll } from '../../../core/process/close-all.ts';
import { seededRng } from '../../../core/random/rng.ts';
import { steadyOf } from '../../../core/time/io/steady-unix.ts';
import { SystemClock } from '../../../core/time/io/system-clock.ts';
import { sharingSerialisers } from '../../../netem/links/serialisers-of.ts';
import { Relay } from '../../../netem/shaping/relay/io/relay.ts';
import { RelayMemory } from '../../../netem/shaping/relay/io/relay-memory.ts';
import { measureRelayOverheadMs } from '../../../netem/shaping/relay/io/relay-overhead.ts';
import type { PlannedEndpoint, StandalonePlan } from '../../../router/standalone/standalone-plan.ts';
import { emulatedEndpoint } from '../../../scenario/emulated-endpoint.ts';
import { readScenario } from '../../../scenario/io/scenario-file.ts';
import type { Scenario } from '../../../scenario/scenario.ts';
import { cyclicTopology, type EndpointPlan, type Topology, topologyOf } from '../../../scenario/topology.ts';

/**
 * The paths of a scenario between a router by itself and servers that are not of the scenario: relays in this process delay the bytes as
 * they do in a run on this machine. Scenario time begins when they do, and begins anew with each cycle of the scenario.
 */
export class EmulatedPaths {
  readonly #file: string;
  readonly #startUnixMs = Date.now();
  readonly #scenario: Scenario;
  readonly #topology: Topology;
  readonly #clock = new SystemClock({ startUnixMs: steadyOf(this.#startUnixMs) });
  readonly #rng;
  readonly #memory = new RelayMemory();
  readonly #serialisersOf = sharingSerialisers();
  readonly #say: (line: string) => void;
  /** By path and address. They stay until the end: a configuration that is loaded again leaves streams over the earlier ones. */
  readonly #relays = new Map<string, Relay>();
  #overheadMs = Number.NaN;

  /** Reads the scenario. Throws `ConfigError`. */
  constructor(file: string, say: (line: string) => void) {
    this.#file = file;
    this.#say = say;
    this.#scenario = readScenario(file);
    this.#topology = emulatedTopology(this.#scenario);
    this.#rng = seededRng(this.#scenario.seed);
  }

  /** The plan with its endpoints behind their paths. Rejects with `ConfigError` where an endpoint has none. */
  async between(plan: StandalonePlan): Promise<StandalonePlan> {
    const paths = plan.endpoints.map((endpoint) => emulatedEndpoint(this.#topology, endpoint));
    if (Number.isNaN(this.#overheadMs)) this.#overheadMs = await measureRelayOverheadMs(this.#clock, this.#rng);
    const endpoints = await Promise.all(plan.endpoints.map((endpoint, index) => this.#behind(endpoint, paths[index]!)));
    return { ...plan, endpoints, emulated: { scenario: this.#file, startUnixMs: this.#startUnixMs } };
  }

  close(): Promise<void> {
    return closeAll([...[...this.#relays.values()].map((relay) => () => relay.close()), () => this.#clock.close()]);
  }

  async #behind(endpoint: PlannedEndpoint, path: EndpointPlan): Promise<PlannedEndpoint> {
    const { address, tls, node, name } = endpoint;
    const key = `${path.name} ${address.host} ${address.port}`;
    let relay = this.#relays.get(key);
    if (relay === undefined) {
      relay = await this.#relayOver(path, address);
      this.#relays.set(key, relay);
    }
    return {
      ...endpoint,
      // Two endpoints of one node are one server.
      node: node === name ? path.node : node,
      medium: path.medium,
      address: { host: '127.0.0.1', port: relay.port },
      // The certificate is that of the server, not of the relay.
      tls: tls === null || isIP(address.host) !== 0 ? tls : { serverName: address.host, ...tls },
    };
  }

  #relayOver({ name, links }: EndpointPlan, { host, port }: PlannedEndpoint['address']): Promise<Relay> {
    return Relay.listen({
      name,
      forward: links.forward,
      back: links.back,
      clock: this.#clock,
      rng: this.#rng,
      transport: this.#scenario.network.transport,
      serialisers: this.#serialisersOf(links),
      overheadMs: this.#overheadMs,
      memory: this.#memory,
      listenPort: 0,
      targetHost: host,
      targetPort: port,
      onRefused: () => this.#say(`the relay of ${name} refuses connections: too many are open`),
    });
  }
}

/** The topology of a scenario that goes on for ever. */
export const emulatedTopology = (scenario: Scenario): Topology =>
  cyclicTopology(topologyOf(scenario), scenario.cycleS * 1000);
