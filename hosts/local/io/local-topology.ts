import { join } from 'node:path';
import type { Event } from '../../../core/event/event.ts';
import { partLogs } from '../../../core/event/io/part-logs.ts';
import { steadyOf } from '../../../core/time/io/steady-unix.ts';
import { Echo } from '../../../netem/shaping/probe/io/echo.ts';
import { Prober } from '../../../netem/shaping/probe/io/prober.ts';
import { nodePlansOf } from '../../../scenario/node-plan.ts';
import type { Overrides, Scenario } from '../../../scenario/scenario.ts';
import type { LoadProgress } from '../../../services/client/io/load-generator.ts';
import type {
  LoadSetup,
  NodeReady,
  NodeSetup,
  RelayReady,
  RelaySetup,
  RouterReady,
  RouterSetup,
} from '../../part-setup.ts';
import { Part } from './part.ts';

export interface LocalTopologyOptions {
  readonly scenario: Scenario;
  readonly scenarioFile: string;
  readonly overrides: Overrides;
  readonly policy: string;
  /** Where the router listens; 0 lets the system choose. */
  readonly routerPort: number;
  /** A folder for this run alone, for the logs of its parts. */
  readonly workFolder: string;
}

/**
 * The processes of a run on this machine, on ports of the loopback that the system chooses:
 *
 *     load -> relay of the access links -> router -> relay of the paths -> nodes
 *
 * Both ends of the probes are in this process: it is otherwise idle during a run, both readings are of one
 * clock, and no further process competes for the cores.
 */
export class LocalTopology {
  readonly nodes: readonly { readonly name: string; readonly part: Part<NodeSetup, NodeReady> }[];
  readonly paths = new Part<RelaySetup, RelayReady>('relay of the paths', 'parts/relay.ts');
  readonly access = new Part<RelaySetup, RelayReady>('relay of the access links', 'parts/relay.ts');
  readonly router = new Part<RouterSetup, RouterReady>('router', 'parts/router.ts');
  readonly load = new Part<LoadSetup, null, LoadProgress>('load generator', 'parts/load.ts');
  readonly #options: LocalTopologyOptions;
  readonly #probes: Event[] = [];
  #echo: Echo | null = null;
  #prober: Prober | null = null;

  /** Starts every process. */
  constructor(options: LocalTopologyOptions) {
    this.#options = options;
    this.nodes = nodePlansOf(options.scenario).map(({ name }) => ({
      name,
      part: new Part<NodeSetup, NodeReady>(`node ${name}`, 'parts/node.ts'),
    }));
  }

  get #parts(): readonly Pick<Part<never, unknown>, 'name' | 'loaded' | 'begin' | 'stop'>[] {
    return [...this.nodes.map(({ part }) => part), this.paths, this.access, this.router, this.load];
  }

  /** Connects the parts to each other, from the nodes towards the load. Rejects when one cannot come up. */
  async connect(): Promise<void> {
    const { scenario, policy, routerPort } = this.#options;
    await Promise.all(this.#parts.map((part) => part.loaded()));
    const nodePorts = Object.fromEntries(
      await Promise.all(
        this.nodes.map(async ({ name, part }) => {
          const { port } = await part.configure({ ...this.#setup(part), node: name });
          return [name, port] as const;
        }),
      ),
    );
    const targetPorts = Object.fromEntries(
      nodePlansOf(scenario).flatMap(({ name, config }) =>
        config.media.map((medium) => [`${name}/${medium}`, nodePorts[name]!] as const),
      ),
    );
    this.#echo = await Echo.listen({ host: LOOPBACK, port: 0 });
    const echoPort = this.#echo.port;
    const paths = await this.paths.configure({ ...this.#setup(this.paths), targetPorts, echoPort });
    const { port } = await this.router.configure({
      ...this.#setup(this.router),
      policy,
      endpointPorts: paths.ports,
      port: routerPort,
    });
    const clients = Object.keys(scenario.clients);
    const access = await this.access.configure({
      ...this.#setup(this.access),
      targetPorts: Object.fromEntries(clients.map((client) => [`${client}/access`, port])),
      echoPort,
    });
    const probePorts = Object.entries({ ...paths.probePorts, ...access.probePorts });
    this.#prober = await Prober.connect({
      paths: Object.fromEntries(probePorts.map(([path, port]) => [path, { host: LOOPBACK, port }])),
      everyMs: PROBE_EVERY_MS,
      emit: (event) => this.#probes.push(event),
    });
    await this.load.configure({
      ...this.#setup(this.load),
      ports: Object.fromEntries(clients.map((client) => [client, access.ports[`${client}/access`]!])),
    });
  }

  /** `startUnixMs` is read from the wall clock: the parts started much later than this process. */
  begin(startUnixMs: number): void {
    for (const part of this.#parts) part.begin(startUnixMs);
    this.#prober?.begin(steadyOf(startUnixMs));
  }

  /** Ends every process, the load first, so that its open requests are counted before anything else ends. */
  async stop(): Promise<void> {
    await this.load.stop();
    this.#prober?.close();
    await Promise.all(this.#parts.map((part) => part.stop()));
    await this.#echo?.close();
  }

  /** What all parts logged, in the order of time, and what is missing, as faults. Call it after `stop`. */
  events(): Iterable<Event> {
    const logs = this.#parts.map((part) => ({ part: part.name, path: this.#eventsPath(part) }));
    return partLogs(logs, this.#probes);
  }

  #setup(part: { readonly name: string }): Omit<NodeSetup, 'node'> {
    const { scenarioFile, overrides } = this.#options;
    return { scenario: scenarioFile, overrides, events: this.#eventsPath(part) };
  }

  #eventsPath({ name }: { readonly name: string }): string {
    return join(this.#options.workFolder, `${name.replaceAll(' ', '-')}.jsonl`);
  }
}

const LOOPBACK = '127.0.0.1';

/** About ten a second, at instants that move across the 100 ms steps of links. */
const PROBE_EVERY_MS = 97;
