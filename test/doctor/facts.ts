import type { DockerFacts } from '../../cli/doctor/docker-facts.ts';
import type { Facts, Probed } from '../../cli/doctor/facts.ts';

export const known = <T>(value: T): Probed<T> => ({ kind: 'known', value });
export const unknown = (reason: string): Probed<never> => ({ kind: 'unknown', reason });

export const engine: DockerFacts & { kind: 'answers' } = {
  kind: 'answers',
  version: '28.2.2',
  apiVersion: '1.50',
  containers: 'linux',
  system: 'Debian GNU/Linux 13 (trixie)',
  kernelRelease: '6.12.0',
  cores: 4,
  memoryBytes: 8 * 1024 ** 3,
  cgroupVersion: '2',
  limitsMemory: true,
  limitsProcessor: true,
  swarm: 'inactive',
  isRootless: false,
};

/** A healthy machine. */
export const well: Facts = {
  runtime: known({ version: '26.10.0', pinned: '26.10.0', platform: 'linux', arch: 'x64' }),
  processor: known({ cores: 4, load: 0.3 }),
  memory: known({ availableBytes: 8 * 1024 ** 3 }),
  disk: known({ folder: 'results', freeBytes: 50e9, isWritable: true }),
  clock: known({ movedMs: 0.004, watchedMs: 210, isSynchronised: known(true) }),
  timers: known({ timers: 400, p50Ms: 0.1, p99Ms: 0.4 }),
  netAdmin: known(false),
  kernel: known({ platform: 'linux', release: '6.12.0', netem: { kind: 'supported', how: 'built in' } }),
  docker: known(engine),
  compose: known('2.26.1-4'),
  ports: known([{ port: 50051, what: 'the router', refusal: null }]),
  networks: known([]),
};
