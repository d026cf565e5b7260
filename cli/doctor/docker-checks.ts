import { fail, ok, type Verdict, warning } from './check.ts';
import type { DockerFacts, EngineFacts } from './docker-facts.ts';
import { amount } from './machine-checks.ts';

export const dockerVerdict = (docker: DockerFacts, platform: string): Verdict => {
  const means = 'no containers can be started; `simulate` and `run` need none';
  if (docker.kind === 'no-cli') {
    return fail({
      found: 'no docker command on the PATH',
      means,
      fix: 'install Docker: https://docs.docker.com/engine/install/',
    });
  }
  if (docker.kind === 'denied') {
    return fail({
      found: 'this user may not talk to the Docker engine',
      means,
      fix: 'sudo usermod -aG docker "$USER", then log in again (members of that group are as good as root)',
    });
  }
  if (docker.kind === 'silent') {
    return fail({
      found: `Docker engine does not answer (${docker.reason})`,
      means,
      fix: platform === 'linux' ? 'sudo systemctl start docker' : 'start Docker Desktop',
    });
  }
  if (docker.containers !== 'linux') {
    return fail({
      found: `the engine runs ${docker.containers} containers`,
      means: 'Starlane’s containers are Linux ones',
      fix: 'switch Docker Desktop to Linux containers',
    });
  }
  const rootless = docker.isRootless ? ', rootless' : '';
  return ok(
    `engine ${docker.version}, API ${docker.apiVersion}${rootless}, on ${docker.system}`,
    'it answers this user',
  );
};

const ENGINE_MEMORY_BYTES = 2 * 1024 ** 3; // chosen: a run takes about 1 GiB, building the image some more

export const limitsVerdict = (engine: EngineFacts): Verdict => {
  const found = `${engine.cores} cores, ${amount(engine.memoryBytes)}, cgroup v${engine.cgroupVersion || '?'}`;
  const missing = [
    ...(engine.limitsMemory ? [] : ['memory']),
    ...(engine.limitsProcessor ? [] : ['processor time']),
  ].join(' and ');
  if (missing !== '') {
    return warning({
      found: `${found}; it cannot limit ${missing}`,
      means: 'one container can take what the others need, which shows in tails',
      fix: 'use cgroup v2 with its controllers delegated: https://docs.docker.com/engine/containers/resource_constraints/',
    });
  }
  if (engine.cores < 2 || engine.memoryBytes < ENGINE_MEMORY_BYTES) {
    return warning({
      found,
      means: 'little for a router, nodes, load and dashboard at once',
      fix: 'give the engine two cores and 2 GiB or more (Docker Desktop: Settings, Resources)',
    });
  }
  return ok(found, 'what all containers share; limits of one container hold');
};

const COMPOSE_NEEDED = [2, 20] as const;

/** `version` as the plugin prints it, such as `v2.26.1-4`; anything else means that there is no plugin. */
export const composeVerdict = (version: string): Verdict => {
  const fix = 'install the Compose plugin: https://docs.docker.com/compose/install/linux/';
  const match = /^v?(\d+)\.(\d+)\S*$/.exec(version.trim());
  const needed = COMPOSE_NEEDED.join('.');
  if (match === null) {
    return fail({
      found: 'no Compose v2 beside the docker command',
      means: 'docker-compose.yml cannot be brought up',
      fix,
    });
  }
  const [major, minor] = [Number(match[1]), Number(match[2])];
  const found = `Compose ${version.trim().replace(/^v/, '')}`;
  if (major < COMPOSE_NEEDED[0] || (major === COMPOSE_NEEDED[0] && minor < COMPOSE_NEEDED[1])) {
    return fail({ found, means: `docker-compose.yml needs ${needed} or later`, fix });
  }
  return ok(found, `${needed} or later is needed`);
};

export const swarmVerdict = ({ swarm }: EngineFacts): Verdict =>
  ok(
    swarm === 'active' ? 'this engine is part of a Swarm' : `no Swarm (${swarm})`,
    swarm === 'active'
      ? 'a run over several machines needs their clocks synchronised'
      : 'none is needed on one machine',
  );
