import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { ConfigError } from '../../../core/config/config-error.ts';
import { LOAD } from '../../../scenario/deployment/compose-file.ts';
import { USERS } from '../../../scenario/deployment/namespace-plan.ts';
import { containerName } from '../container-name.ts';
import { environmentOf } from '../environment-of.ts';
import { docker } from './docker.ts';
import { interruptedBy } from './interrupted-by.ts';
import { standingTopologies } from './standing-topologies.ts';

/** A running topology, as Compose finds it again. */
export interface LoadableTopology {
  readonly project: string;
  readonly composeFiles: readonly string[];
  /** The variables with which its compose file was read, as far as they are those of the load, too. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The topology `name`, or the only one that runs. @throws ConfigError where there is none or a choice. */
export const loadableTopology = async (name: string | undefined): Promise<LoadableTopology> => {
  const project = chosen(
    name,
    (await standingTopologies()).map((topology) => topology.project),
  );
  const [users] = JSON.parse(await docker(['inspect', containerName(project, USERS)])) as [Inspected];
  const composeFiles = (users.Config.Labels['com.docker.compose.project.config_files'] ?? '').split(',');
  const gone = composeFiles.find((file) => !existsSync(file));
  if (gone !== undefined) throw new ConfigError('', `the compose file of ${project}, ${gone}, is not there any more`);
  return {
    project,
    composeFiles,
    environment: Object.fromEntries(
      Object.entries(environmentOf(users.Config.Env)).filter(([key]) => /^STARLANE_\w+_SUBNET$/.test(key)),
    ),
  };
};

const chosen = (name: string | undefined, running: readonly string[]): string => {
  const there = running.length === 0 ? 'no topology is running: starlane up FILE' : `running: ${running.join(', ')}`;
  if (name !== undefined && running.includes(name)) return name;
  if (name === undefined && running.length === 1) return running[0]!;
  if (running.length === 0) throw new ConfigError('', there);
  throw new ConfigError('--name', `${name === undefined ? 'is missing' : `is "${name}"`}, expected one; ${there}`);
};

interface Inspected {
  readonly Config: { readonly Env: readonly string[]; readonly Labels: Readonly<Record<string, string>> };
}

/**
 * Runs the load in its container beside the topology, as `docker compose run --rm load` does, with our terminal; `args` are those of
 * `starlane load`. Resolves to its exit code. When `signal` aborts, it is asked to stop and its report is waited for.
 */
export const loadBeside = async (
  { project, composeFiles, environment }: LoadableTopology,
  args: readonly string[],
  signal: AbortSignal,
): Promise<number> => {
  const container = `${project}-${LOAD}-${process.pid}`;
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const files = composeFiles.flatMap((file) => ['--file', file]);
  const run = ['run', '--rm', '--no-deps', ...(isTerminal ? [] : ['--no-TTY']), '--name', container, LOAD, ...args];
  return interruptedBy(signal, container, () => {
    const child = spawn('docker', ['compose', '--project-name', project, ...files, ...run], {
      stdio: 'inherit',
      env: { ...process.env, ...environment },
      detached: !isTerminal, // Ctrl-C reaches it only through `signal`; a terminal belongs to one group of processes
    });
    return new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve(code ?? 1));
    });
  });
};
