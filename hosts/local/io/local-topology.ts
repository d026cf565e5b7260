import { join } from 'node:path';
import type { DiskError } from '../../../core/config/disk-error.ts';
import type { Event } from '../../../core/event/event.ts';
import { type PartLog, partLogs } from '../../../core/event/io/part-logs.ts';
import { steadyOf, steadyUnixMs } from '../../../core/time/io/steady-unix.ts';
import { Echo } from '../../../netem/shaping/probe/io/echo.ts';
import { Prober } from '../../../netem/shaping/probe/io/prober.ts';
import { ROUTER_PROCESS } from '../../../router/process-settings.ts';
import { RESTART_MS } from '../../../scenario/faults-plan.ts';
import { nodePlansOf } from '../../../scenario/node-plan.ts';
import { endpointName, type RouterPlan, routerPlansOf } from '../../../scenario/router-plan.ts';
import type { Scenario } from '../../../scenario/scenario.ts';
import type { NodeReady, NodeSetup, RelayReady, RelaySetup, RouterReady, RouterSetup } from '../../part-setup.ts';
import type { RouterReload } from '../../router-reload.ts';
import { LocalLoad } from './local-load.ts';
import { Part } from './part.ts';

export interface LocalTopologyOptions {
  readonly scenario: Scenario;
  /** The file with it, as it is run. */
  readonly scenarioFile: string;
  readonly policy: string;
  /** Where the router listens, each further one on the next port; 0 lets the system choose. */
  readonly routerPort: number;
  /** A folder for this run alone, for the logs of its parts. */
  readonly workFolder: string;
}

/**
 * The processes of a run on this machine, on ports of the loopback that the system chooses:
 *
 *     load -> relay of the access links -> routers -> relay of the paths -> nodes
 *
 * Both ends of the probes are in this process: it is otherwise idle during a run, both readings are of one
 * clock, and no further process competes for the cores.
 */
export class LocalTopology {
  readonly nodes: readonly LocalNode[];
  /** Where each node is reached, past its paths. */
  readonly nodePorts = new Map<string, number>();
  /** Hears of a node that died. */
  onNodeLost: ((name: string, reason: string) => void) | null = null;
  /** Hears of each log that the disk does not take. */
  onUnwritten: ((fault: DiskError) => void) | null = null;
  readonly paths = new Part<RelaySetup, RelayReady>('relay of the paths', 'parts/relay.ts');
  readonly access = new Part<RelaySetup, RelayReady>('relay of the access links', 'parts/relay.ts');
  readonly routers: readonly LocalRouter[];
  readonly load: LocalLoad;
  readonly #options: LocalTopologyOptions;
  /** Of the probes, and of the nodes that were started anew. */
  readonly #ownEvents: Event[] = [];
  #echo: Echo | null = null;
  #prober: Prober | null = null;
  #startUnixMs = Number.NaN;
  #isStopping = false;
  /** The logs of the nodes that were started anew. */
  readonly #laterLogs: PartLog[] = [];
  /** By the path of the log. */
  readonly #unwritten = new Map<string, DiskError>();
  readonly #lost = Promise.withResolvers<never>();

  /** Starts every process. */
  constructor(options: LocalTopologyOptions) {
    this.#options = options;
    this.nodes = nodePlansOf(options.scenario).map(({ name }) => ({
      name,
      part: newNode(name),
    }));
    this.routers = routerPlansOf(options.scenario).map((plan) => ({ plan, part: newRouter(plan) }));
    this.load = new LocalLoad(options.scenario);
    this.#lost.promise.catch(() => {}); // whoever waits hears it
  }

  /** Rejects when a part dies without which there is no run. */
  get lost(): Promise<never> {
    return this.#lost.promise;
  }

  get #parts(): readonly Pick<Part<never, unknown>, 'name' | 'loaded' | 'begin' | 'stop' | 'onUnwritten'>[] {
    const routers = this.routers.map(({ part }) => part);
    return [...this.nodes.map(({ part }) => part), this.paths, this.access, ...routers, ...this.load.parts];
  }

  /** Connects the parts to each other, from the nodes towards the load. Rejects when one cannot come up. */
  async connect(): Promise<void> {
    const { scenario } = this.#options;
    await Promise.all(this.#parts.map((part) => part.loaded()));
    const nodePorts = Object.fromEntries(
      await Promise.all(
        this.nodes.map(async ({ name, part }) => {
          const { port } = await part.configure({ ...this.#setup(part), node: name, port: 0 });
          this.nodePorts.set(name, port);
          return [name, port] as const;
        }),
      ),
    );
    const targetPorts = Object.fromEntries(
      this.routers.flatMap(({ plan }) =>
        plan.nodes.flatMap(({ name, config }) =>
          config.media.map((medium) => [endpointName(plan, name, medium), nodePorts[name]!] as const),
        ),
      ),
    );
    this.#echo = await Echo.listen({ host: LOOPBACK, port: 0 });
    const echoPort = this.#echo.port;
    const paths = await this.paths.configure({
      ...this.#setup(this.paths),
      part: this.paths.name,
      targetPorts,
      echoPort,
    });
    const doors = new Map<string, number>();
    await Promise.all(
      this.routers.map(async (router, index) => {
        const port = await this.#configureRouter(router, index, paths.ports);
        for (const client of router.plan.clients) doors.set(client, port);
      }),
    );
    const clients = Object.keys(scenario.clients);
    const access = await this.access.configure({
      ...this.#setup(this.access),
      part: this.access.name,
      targetPorts: Object.fromEntries(clients.map((client) => [`${client}/access`, doors.get(client)!])),
      echoPort,
    });
    const probePorts = Object.entries({ ...paths.probePorts, ...access.probePorts });
    this.#prober = await Prober.connect({
      paths: Object.fromEntries(probePorts.map(([path, port]) => [path, { host: LOOPBACK, port }])),
      everyMs: PROBE_EVERY_MS,
      emit: (event) => this.#ownEvents.push(event),
    });
    const doorOf = (client: string): number => access.ports[`${client}/access`]!;
    await this.load.configure(Object.fromEntries(clients.map((client) => [client, doorOf(client)])), (part) =>
      this.#setup(part),
    );
  }

  /** `startUnixMs` is read from the wall clock: the parts started much later than this process. */
  begin(startUnixMs: number): void {
    this.#startUnixMs = startUnixMs;
    for (const part of [this.paths, this.access, ...this.routers.map((router) => router.part)]) this.#mustLive(part);
    for (const node of this.nodes) this.#follow(node);
    this.load.follow();
    for (const part of this.#parts) {
      this.#hearOfDisk(part);
      part.begin(startUnixMs);
    }
    this.#prober?.begin(steadyOf(startUnixMs));
  }

  /** Every router goes on with an edited scenario. What can be wrong in it was checked before. */
  async reload(told: RouterReload): Promise<void> {
    await Promise.all(this.routers.map(({ part }) => part.order('reload', told)));
  }

  /**
   * Ends every process, the load first, so that its open requests are counted before anything else ends: as interrupted where the
   * run did not come to its end.
   */
  async stop(ending: { readonly isInterrupted: boolean }): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.load.parts.map((part) => part.stop(ending)));
    this.#prober?.close();
    await Promise.all(this.#parts.map((part) => part.stop()));
    await this.#echo?.close();
  }

  /** What all parts logged, in the order of time, and what is missing, as faults. Call it after `stop`. */
  events(): Iterable<Event> {
    const logs = this.#parts.map((part) => ({ part: part.name, path: this.#eventsPath(part) }));
    return partLogs(
      [...logs, ...this.#laterLogs].map((log) => {
        const fault = this.#unwritten.get(log.path);
        return fault === undefined ? log : { ...log, unwritten: fault.reason };
      }),
      this.#ownEvents,
    );
  }

  /** Resolves to the port on which it listens. */
  async #configureRouter({ part, plan }: LocalRouter, index: number, ports: RelayReady['ports']): Promise<number> {
    const { policy, routerPort } = this.#options;
    const wanted = routerPort === 0 ? 0 : routerPort + index;
    const setup = { ...this.#setup(part), router: plan.name, policy, endpointPorts: ports, port: wanted };
    return (await part.configure(setup)).port;
  }

  #hearOfDisk(part: Pick<Part<never, unknown>, 'onUnwritten'>): void {
    part.onUnwritten = (fault) => {
      this.#unwritten.set(fault.path, fault);
      this.onUnwritten?.(fault);
    };
  }

  #mustLive(part: Pick<Part<never, unknown>, 'name' | 'onLost'>): void {
    part.onLost = (reason) => this.#lost.reject(new Error(`${part.name} ${reason}`));
  }

  #follow(node: LocalNode): void {
    const lost = (reason: string): void => this.onNodeLost?.(node.name, reason);
    node.part.onLost = lost;
    node.part.onCrashed = () => {
      this.#restartNode(node).catch((error: Error) => {
        if (!this.#isStopping) lost(`did not come back: ${error.message}`);
      });
    };
  }

  /** Starts a node anew that crashed on purpose, on its port. */
  async #restartNode(node: LocalNode): Promise<void> {
    const { name } = node;
    const part = newNode(name);
    node.part = part;
    this.#follow(node);
    this.#hearOfDisk(part);
    await Promise.all([part.loaded(), new Promise((resolve) => setTimeout(resolve, RESTART_MS))]);
    if (this.#isStopping) return;
    const events = this.#laterLog(part);
    await part.configure({ ...this.#setup(part), events, node: name, port: this.nodePorts.get(name)! });
    part.begin(this.#startUnixMs);
    const atMs = steadyUnixMs() - steadyOf(this.#startUnixMs);
    this.#ownEvents.push({ kind: 'injected', atMs, node: name, fault: 'crash', state: 'ended' });
  }

  #laterLog(part: { readonly name: string }): string {
    const log = { part: part.name, path: `${this.#eventsPath(part)}.${this.#laterLogs.length + 2}` };
    this.#laterLogs.push(log);
    return log.path;
  }

  #setup(part: { readonly name: string }): Omit<NodeSetup, 'node' | 'port'> {
    return { scenario: this.#options.scenarioFile, events: this.#eventsPath(part) };
  }

  #eventsPath({ name }: { readonly name: string }): string {
    return join(this.#options.workFolder, `${name.replaceAll(' ', '-')}.jsonl`);
  }
}

interface LocalNode {
  readonly name: string;
  part: Part<NodeSetup, NodeReady>;
}

interface LocalRouter {
  readonly plan: RouterPlan;
  readonly part: Part<RouterSetup, RouterReady>;
}

const newNode = (name: string): LocalNode['part'] => new Part(`node ${name}`, 'parts/node.ts');
const newRouter = ({ label }: RouterPlan): LocalRouter['part'] =>
  new Part(label === null ? 'router' : `router ${label}`, 'parts/router.ts', ROUTER_PROCESS);

const LOOPBACK = '127.0.0.1';

/** About ten a second, at instants that move across the 100 ms steps of links. */
const PROBE_EVERY_MS = 97;
