import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '../core/config/config-error.ts';
import { suggestion } from '../core/config/nearest.ts';
import { EXIT } from '../core/process/exit-code.ts';
import { beginContainerFault, type ContainerFaultKind, isOverAtOnce } from '../hosts/compose/io/container-faults.ts';
import { docker } from '../hosts/compose/io/docker.ts';
import { standingTopologies } from '../hosts/compose/io/standing-topologies.ts';
import { liveRuns } from '../hosts/local/io/live-runs.ts';
import { stopSignals } from './io/stop-signals.ts';

/** What is said of a fault besides its kind; all of it may be left out. */
export interface FaultParameters {
  /** Seconds. */
  readonly for?: number;
  readonly share?: number;
  readonly factor?: number;
  readonly watts?: number;
}

/** The topology of containers that has `part`; null where a local run has it, or where no topology runs. */
export const topologyOfPart = async (part: string, name: string | undefined): Promise<string | null> => {
  if (name === undefined && liveRuns().some(({ nodePorts }) => Object.hasOwn(nodePorts, part))) return null;
  // Without an engine there is no topology, and a local run needs none.
  const standing = await standingTopologies().catch((error: Error) => {
    if (name !== undefined) throw error;
    return [];
  });
  const having = standing.filter(
    ({ project, containers }) =>
      (name === undefined || project === name) && containers.some(({ service }) => service === part),
  );
  if (having.length === 1) return having[0]!.project;
  if (having.length > 1)
    throw new ConfigError(
      '--name',
      `is missing: ${having.map(({ project }) => project).join(', ')} have a part "${part}"`,
    );
  if (name === undefined && (standing.length === 0 || liveRuns().length > 0)) return null;
  const parts = standing.flatMap(({ containers }) => containers.map(({ service }) => service));
  throw new ConfigError(
    'PART',
    `is "${part}", which no topology${name === undefined ? '' : ` ${name}`} has; ${suggestion(part, parts)}`,
  );
};

/** @throws ConfigError where a fault of a container is given what it cannot have. */
export const checkContainerFault = (kind: ContainerFaultKind, options: FaultParameters): void => {
  const { for: lastsS, share, factor, watts } = options;
  const given = Object.entries({ share, factor, watts }).find(([, value]) => value !== undefined);
  if (given !== undefined) throw new ConfigError(`--${given[0]}`, `is given, but a ${kind} of a container has none`);
  if (isOverAtOnce(kind) && lastsS !== undefined)
    throw new ConfigError('--for', `is ${lastsS} s, but a ${kind} takes none`);
  if (!isOverAtOnce(kind) && kind !== 'kill' && lastsS === undefined) {
    throw new ConfigError('--for', `is missing, expected how long the ${kind} lasts`);
  }
};

/** Until it is over, or until Ctrl-C; then all is as before. */
export const faultContainer = async (
  at: { readonly project: string; readonly service: string },
  kind: ContainerFaultKind,
  { for: lastsS }: FaultParameters,
): Promise<void> => {
  const signal = stopSignals();
  const { takeBack } = await beginContainerFault(at, kind);
  process.stdout.write(`${at.service}: ${kind}${lastsS === undefined ? '' : ` for ${lastsS} s`}\n`);
  if (lastsS === undefined) return;
  try {
    await sleep(lastsS * 1000, undefined, { signal }).catch(() => {});
  } finally {
    await takeBack();
  }
  if (signal.aborted) process.exitCode = EXIT.stopped;
};

/** The control of a node is not published: the order is given beside it, with the token of its scenario. */
export const orderInContainer = async (
  container: string,
  node: string,
  kind: string,
  options: FaultParameters,
): Promise<void> => {
  const values = { for: options.for, share: options.share, factor: options.factor, watts: options.watts };
  const given = Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [`--${key}`, String(value)],
  );
  const args = ['exec', container, 'node', 'bundle/starlane.js', 'fault', node, kind, ...given];
  process.stdout.write(
    await docker(args).catch((error: Error) => {
      throw new ConfigError('', error.message.replace(/^docker exec: (starlane: )?/, ''));
    }),
  );
};
