import { spawn } from 'node:child_process';
import { networkInterfaces, tmpdir } from 'node:os';
import { commitOf } from '../../../report/io/commit.ts';
import { LOAD } from '../../../scenario/deployment/compose-file.ts';
import type { NetworkName } from '../../../scenario/deployment/environment.ts';
import { freeSubnets } from '../../../scenario/deployment/free-subnets.ts';
import { USERS } from '../../../scenario/deployment/namespace-plan.ts';
import { GRPC_PORT } from '../../../scenario/deployment/ports.ts';
import { type DockerOptions, docker } from './docker.ts';
import { interruptedBy } from './interrupted-by.ts';

export interface ComposeProjectOptions {
  /** The prefix of the names of its containers, networks and volumes. */
  readonly name: string;
  /** The compose file. */
  readonly file: string;
  /** Its routers, by their containers. */
  readonly routers: readonly string[];
  /** The environment variables that the file reads, except those of the networks: they are chosen when it starts. */
  readonly environment: Readonly<Record<string, string>>;
}

/** One topology of containers. It touches nothing outside its project. */
export class ComposeProject {
  readonly #options: ComposeProjectOptions;
  #subnets: Readonly<Record<string, string>> = {};
  readonly #abandon = (): void => takeDownAlone(this.name);

  constructor(options: ComposeProjectOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  /**
   * Builds the two images where they are not. Compose puts the names of service and project into an image: built once each,
   * under one name, they stay the same images for every project. Images of ours that had those names before, and that no container
   * has, are removed.
   */
  async build(options: DockerOptions = {}): Promise<void> {
    const { file, routers, environment } = this.#options;
    const args = ['--project-name', 'starlane', '--file', file, 'build', '--quiet', routers[0]!, USERS];
    await docker(['compose', ...args], {
      ...options,
      environment: { ...environment, STARLANE_COMMIT: commitOf() ?? '' },
    });
    await docker(['image', 'prune', '--force', '--filter', `label=${IMAGE}`], options);
  }

  /**
   * Starts it, on networks that nobody uses; if somebody else takes one in the meantime, it tries others. Where this process ends before
   * `down` or `keep`, as at a second Ctrl-C, it is taken down all the same.
   */
  async up(options: DockerOptions = {}): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      process.on('exit', this.#abandon);
      this.#subnets = await subnetEnvironment();
      try {
        await this.#compose(['up', '--detach', '--no-build', '--quiet-pull'], options);
        return;
      } catch (error) {
        if (attempt === ATTEMPTS || !/overlap/i.test((error as Error).message)) throw error;
        await this.down();
      }
    }
  }

  /** All variables that the compose file is read with; complete once it is up. */
  get environment(): Readonly<Record<string, string>> {
    return { ...this.#options.environment, ...this.#subnets };
  }

  /**
   * Runs the load beside the topology; `args` are those of `starlane load`. When `signal` aborts, the load is asked to stop, and
   * its remaining output is read: Compose itself would end at once and pass nothing on.
   */
  async load(args: readonly string[], { signal, ...options }: DockerOptions = {}): Promise<string> {
    const container = `${this.#options.name}-${LOAD}`;
    const run = ['run', '--rm', '--no-deps', '-T', '--name', container, LOAD, ...args];
    return interruptedBy(signal, container, () => this.#compose(run, options));
  }

  /** Copies a folder out of a container, which may have stopped. */
  copy(service: string, from: string, to: string): Promise<string> {
    return this.#compose(['cp', `${service}:${from}`, to]);
  }

  /** Where each router is reached from this machine: `router` at `127.0.0.1:50051`. */
  async routerAddresses(): Promise<ReadonlyMap<string, string>> {
    const at = async (router: string): Promise<string> =>
      (await this.#compose(['port', router, String(GRPC_PORT)])).trim();
    const { routers } = this.#options;
    return new Map(await Promise.all(routers.map(async (router) => [router, await at(router)] as const)));
  }

  /** Removes everything of the project, including its volumes. */
  async down(): Promise<void> {
    await this.#compose(['down', ...DOWN]);
    process.off('exit', this.#abandon);
  }

  /** Leaves it running when this process ends. */
  keep(): void {
    process.off('exit', this.#abandon);
  }

  #compose(args: readonly string[], options: DockerOptions = {}): Promise<string> {
    const { name, file } = this.#options;
    const project = ['compose', '--project-name', name, '--file', file];
    return docker([...project, ...args], { ...options, environment: this.environment });
  }
}

const DOWN: readonly string[] = ['--volumes', '--remove-orphans', '--timeout', '5'];

/**
 * Takes a project down by processes that go on when this one ends: at once, and again, because the engine may just be starting some of
 * it. Its compose file may be gone by then; the labels of its containers are enough.
 */
const takeDownAlone = (name: string): void => {
  const script = `for _ in 1 2; do docker compose --project-name "$0" down ${DOWN.join(' ')}; sleep 2; done`;
  spawn('sh', ['-c', script, name], { cwd: tmpdir(), detached: true, stdio: 'ignore' }).unref();
};

/** The label of our images. `prune` takes only those that have no name any more. */
const IMAGE = 'starlane.image';

const ATTEMPTS = 5;

/** Environment variables that put a topology on networks that neither this machine nor the engine uses yet. */
export const subnetEnvironment = async (): Promise<Readonly<Record<string, string>>> => {
  const ids = (await docker(['network', 'ls', '--quiet'])).split('\n').filter((id) => id !== '');
  const format = '{{range .IPAM.Config}}{{.Subnet}}\n{{end}}';
  const ofEngine = (await docker(['network', 'inspect', '--format', format, ...ids])).split('\n');
  const ofMachine = Object.values(networkInterfaces()).flatMap((addresses) => addresses!.map(({ cidr }) => cidr ?? ''));
  const free = freeSubnets([...ofEngine, ...ofMachine]);
  if (free === null) throw new Error('no free network in 198.18.0.0/15: see docker network ls');
  const names: readonly NetworkName[] = ['fibre', 'laser', 'access'];
  return Object.fromEntries(names.map((name) => [`STARLANE_${name.toUpperCase()}_SUBNET`, free[name]]));
};
