import { ConfigError } from '../../../core/config/config-error.ts';
import { USERS } from '../../../scenario/deployment/namespace-plan.ts';
import { containerName } from '../container-name.ts';
import { docker } from './docker.ts';

/** What can be done to a container of a topology from outside. A crash ends all of its processes, and Docker starts it again. */
export const containerFaultKinds = ['kill', 'pause', 'crash', 'restart', 'lose-fibre', 'lose-laser'] as const;

export type ContainerFaultKind = (typeof containerFaultKinds)[number];

/** Whether it is over at once. A `kill` lasts until somebody starts the container: for its time, or for ever without one. */
export const isOverAtOnce = (kind: ContainerFaultKind): boolean => kind === 'crash' || kind === 'restart';

export interface BegunFault {
  /** When it was in force, by the wall clock of the engine. */
  readonly atUnixMs: number;
  readonly takeBack: () => Promise<void>;
}

/**
 * Does a fault to the container of `service` in the topology `project`; resolves once it has begun. Rejects
 * with one line when the engine refuses, a ConfigError where the container is not on the network that it should lose.
 */
export const beginContainerFault = async (
  { project, service }: { readonly project: string; readonly service: string },
  kind: ContainerFaultKind,
): Promise<BegunFault> => {
  const container = containerName(project, service);
  const fromUnixMs = Date.now();
  const takeBack = await begun({ project, service }, kind);
  const ends = kind === 'kill' || kind === 'restart' || kind === 'crash';
  return { atUnixMs: ends ? await endOf(container, fromUnixMs) : Date.now(), takeBack };
};

const begun = async (
  { project, service }: { readonly project: string; readonly service: string },
  kind: ContainerFaultKind,
): Promise<() => Promise<void>> => {
  const container = containerName(project, service);
  const run = async (...args: readonly string[]): Promise<void> => void (await docker(args));
  switch (kind) {
    case 'kill':
      await run('kill', container);
      return () => run('start', container);
    case 'pause':
      await run('pause', container);
      return () => run('unpause', container);
    case 'restart':
      await run('restart', '--time', '0', container);
      return nothing;
    case 'crash':
      // It ends the process that runs the command, too, so that its exit code says nothing.
      await run('exec', container, 'bash', '-c', 'kill -9 -1').catch(() => {});
      return nothing;
    default:
      return loseNetwork(project, service, kind.replace('lose-', ''));
  }
};

/** When the process of a container ended that ran at `fromUnixMs`. */
const endOf = async (container: string, fromUnixMs: number): Promise<number> => {
  for (;;) {
    const atUnixMs = Date.parse((await docker(['inspect', container, '--format', '{{.State.FinishedAt}}'])).trim());
    if (atUnixMs >= fromUnixMs) return atUnixMs;
    if (Date.now() > fromUnixMs + ENDS_MS) throw new Error(`${container} did not end within ${ENDS_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

const ENDS_MS = 10_000;

const nothing = async (): Promise<void> => {};

/** Takes the link of an interface down, in the namespace that its agent is allowed to change: the address stays, and no byte passes. */
const loseNetwork = async (project: string, service: string, medium: string): Promise<() => Promise<void>> => {
  const [{ NetworkSettings }] = JSON.parse(await docker(['inspect', containerName(project, service)])) as [Inspected];
  const attached = NetworkSettings.Networks[`${project}_${medium}`];
  if (attached === undefined) throw new ConfigError('KIND', `is lose-${medium}, but ${service} is not on ${medium}`);
  const agent = containerName(project, service === USERS ? USERS : `${service}-agent`);
  const ip = (...words: readonly string[]): Promise<string> =>
    docker(['exec', agent, ...WITH_NET_ADMIN, 'ip', ...words]);
  const shown = await ip('-json', 'address', 'show', 'to', attached.IPAddress);
  const [{ ifname }] = JSON.parse(shown) as [{ readonly ifname: string }];
  await ip('link', 'set', 'dev', ifname, 'down');
  return async () => void (await ip('link', 'set', 'dev', ifname, 'up'));
};

/** What the image of the agent begins with. */
const WITH_NET_ADMIN = ['setpriv', '--inh-caps=+net_admin', '--ambient-caps=+net_admin', '--'];

interface Inspected {
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>> };
}
