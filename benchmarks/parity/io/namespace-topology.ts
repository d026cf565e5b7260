import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROUTER_PROCESS } from '../../../router/process-settings.ts';
import type { ShaperChoice } from '../../../scenario/deployment/environment.ts';
import { hostOn, routerPart, USERS } from '../../../scenario/deployment/namespace-plan.ts';
import { SUBNETS } from '../../../scenario/deployment/subnets.ts';
import { type NodePlan, nodePlansOf } from '../../../scenario/node-plan.ts';
import { routerPlansOf } from '../../../scenario/router-plan.ts';
import type { Scenario } from '../../../scenario/scenario.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

export interface NamespaceTopologyOptions {
  readonly scenario: Scenario;
  readonly scenarioFile: string;
  readonly policy: string;
  readonly shaper: ShaperChoice;
  /** A folder only for this topology, which its parts share. */
  readonly folder: string;
  readonly onLine: (line: string) => void;
}

type Network = keyof typeof SUBNETS;

const ACCESS: Network = 'access';

/** Of a namespace. */
interface Owner {
  readonly name: string;
  /** The file of its server; null for the users, who have none. */
  readonly main: readonly string[] | null;
  readonly networks: readonly Network[];
}

/**
 * The topology of the compose file without Docker. Each node, the router and the users have a network namespace; one more
 * namespace connects them. They run the same processes with the same environment. Needs root. `close` removes all names and
 * addresses.
 */
export class NamespaceTopology {
  readonly #options: NamespaceTopologyOptions;
  readonly #owners: readonly Owner[];
  readonly #children: ChildProcess[] = [];
  readonly #id = process.pid.toString(36);

  constructor(options: NamespaceTopologyOptions) {
    this.#options = options;
    const nodes = nodePlansOf(options.scenario);
    const routers = routerPlansOf(options.scenario);
    const mediaOf = (plans: readonly NodePlan[]) => [...new Set(plans.flatMap(({ config }) => config.media))];
    this.#owners = [
      ...nodes.map((node) => ({ name: node.name, main: ['parts/node.ts'], networks: [...mediaOf([node]), ACCESS] })),
      ...routers.map((plan) => ({
        name: routerPart(plan),
        main: [...ROUTER_PROCESS.execArgv, 'parts/router.ts'],
        networks: [...mediaOf(plan.nodes), ACCESS],
      })),
      { name: USERS, main: null, networks: [ACCESS] },
    ];
    this.#layOut();
  }

  /** As on Swarm, a relay listens at the address that others call. So it needs no address translation, which small kernels lack. */
  get #bringsOwnAgent(): boolean {
    return this.#options.shaper === 'relay';
  }

  /** Starts every part. */
  start(): void {
    for (const { name, main } of this.#owners) {
      if (main !== null) this.#spawn(name, name, main);
      if (main === null || !this.#bringsOwnAgent) this.startAgent(name);
    }
  }

  /** Starts the agent of one namespace, as Docker does with one that has ended. */
  startAgent(owner: string): void {
    this.#spawn(owner, owner, ['parts/agent.ts']);
  }

  /** Takes an owner off a network, and puts it back at the same address. */
  leave(owner: string, network: Network): void {
    this.#inside(owner, 'addr', 'del', this.#addressOf(owner, network), 'dev', `${network}0`);
  }
  comeBack(owner: string, network: Network): void {
    this.#inside(owner, 'addr', 'add', this.#addressOf(owner, network), 'dev', `${network}0`);
  }

  #addressOf(owner: string, network: Network): string {
    const index = this.#owners.findIndex(({ name }) => name === owner);
    return `${SUBNETS[network].replace('.0/24', `.${index + 2}`)}/24`;
  }

  /** Runs `starlane load` in the namespace of the users; resolves when it ends with exit code 0. */
  async load(args: readonly string[]): Promise<void> {
    const child = this.#spawn(USERS, 'load', ['cli/main.ts', 'load', ...args]);
    const code = await new Promise((resolve) => child.on('close', resolve));
    if (code !== 0) throw new Error(`the load ended with code ${code}`);
  }

  async close(): Promise<void> {
    const gone = this.#children.map(
      (child) =>
        new Promise<void>((resolve) => {
          if (child.exitCode !== null || child.signalCode !== null) resolve();
          else child.once('close', () => resolve());
        }),
    );
    for (const child of this.#children) child.kill('SIGTERM');
    await Promise.all(gone);
    for (const name of [...this.#owners.map((owner) => owner.name), HUB]) {
      ip('netns', 'del', this.#namespace(name));
      rmSync(this.#namesOf(name), { recursive: true, force: true });
    }
  }

  #layOut(): void {
    const addresses = new Map<string, string>();
    ip('netns', 'add', this.#namespace(HUB));
    this.#inside(HUB, 'link', 'set', 'lo', 'up');
    this.#inside(HUB, 'addr', 'add', HUB_ADDRESS, 'dev', 'lo');
    this.#setInHub('ip_forward', '1');
    for (const [index, { name, networks }] of this.#owners.entries()) {
      const namespace = this.#namespace(name);
      ip('netns', 'add', namespace);
      this.#inside(name, 'link', 'set', 'lo', 'up');
      for (const network of networks) {
        const near = `${network}0`;
        const far = `${network}${index}`;
        const address = SUBNETS[network].replace('.0/24', `.${index + 2}`);
        this.#inside(HUB, 'link', 'add', far, 'type', 'veth', 'peer', 'name', near, 'netns', namespace);
        // The hub answers ARP requests for all parts on every network, and forwards packets.
        this.#setInHub(`conf/${far}/proxy_arp`, '1');
        this.#setInHub(`neigh/${far}/proxy_delay`, '0');
        this.#inside(HUB, 'link', 'set', far, 'up');
        this.#inside(HUB, 'route', 'add', `${address}/32`, 'dev', far);
        this.#inside(name, 'addr', 'add', `${address}/24`, 'dev', near);
        this.#inside(name, 'link', 'set', near, 'up');
        addresses.set(hostOn(network, name), address);
        if (network === 'access') addresses.set(name, address);
      }
    }
    const hosts = [...addresses].map(([name, address]) => `${address} ${name} tasks.${name}\n`).join('');
    for (const { name } of this.#owners) {
      mkdirSync(this.#namesOf(name), { recursive: true });
      writeFileSync(join(this.#namesOf(name), 'hosts'), `127.0.0.1 localhost\n${hosts}`);
    }
  }

  #spawn(owner: string, part: string, args: readonly string[]): ChildProcess {
    const { scenarioFile, policy, shaper, folder, onLine } = this.#options;
    const child = spawn('ip', ['netns', 'exec', this.#namespace(owner), process.execPath, ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH ?? '',
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
        STARLANE_PART: part,
        STARLANE_SCENARIO: scenarioFile,
        STARLANE_START: 'awaited',
        STARLANE_RUN_FOLDER: folder,
        STARLANE_SHAPER: shaper,
        STARLANE_POLICY: policy,
        STARLANE_SWARM_TASK: this.#bringsOwnAgent ? 'none' : '',
        ...Object.fromEntries(NETWORKS.map((name) => [`STARLANE_${name.toUpperCase()}_SUBNET`, SUBNETS[name]])),
      },
    });
    this.#children.push(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        for (const line of text.split('\n')) if (line !== '') onLine(line);
      });
    }
    return child;
  }

  #setInHub(key: string, value: string): void {
    const write = `echo ${value} > /proc/sys/net/ipv4/${key}`;
    ip('netns', 'exec', this.#namespace(HUB), 'sh', '-c', write);
  }

  #inside(name: string, ...words: readonly string[]): void {
    ip('-n', this.#namespace(name), ...words);
  }

  #namespace(name: string): string {
    return `starlane-${this.#id}-${name}`;
  }

  /** The folder from which `ip netns exec` takes files that replace those in /etc. */
  #namesOf(name: string): string {
    return join('/etc/netns', this.#namespace(name));
  }
}

const HUB = 'hub';
const HUB_ADDRESS = '198.19.255.254/32';
const NETWORKS: readonly Network[] = ['fibre', 'laser', 'access'];

const ip = (...words: readonly string[]): void =>
  void execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'inherit'] });
