import { existsSync } from 'node:fs';
import { editedLine } from '../../../scenario/deployment/io/scenario-edits.ts';
import { docker } from './docker.ts';

export interface StandingContainer {
  readonly service: string;
  /** As Docker prints it: `Up 2 minutes (healthy)`. */
  readonly status: string;
  /**
   * What it said at its last health check, where it is not simply healthy: `draining: was told to drain`. Where it has ended: the line
   * with which it refused its configuration.
   */
  readonly says: string | null;
}

/** A topology of ours that the engine has containers of. */
export interface StandingTopology {
  readonly project: string;
  readonly scenario: string;
  /** One line where its scenario was edited since its compose file was generated, as far as its file is on this machine. */
  readonly edited: string | null;
  readonly containers: readonly StandingContainer[];
}

/**
 * Every topology of ours on this engine, found by our label. The images also have labels, including Compose's own, so a container
 * that Compose did not start is recognised by labels that Compose puts on containers only.
 */
export const standingTopologies = async (): Promise<readonly StandingTopology[]> => {
  const fields = [PROJECT, SERVICE, SCENARIO].map((label) => `{{.Label "${label}"}}`);
  const format = [...fields, '{{.Status}}', '{{.ID}}'].join('\t');
  const listed = await docker([
    'ps',
    '--all',
    '--filter',
    `label=${SCENARIO}`,
    '--filter',
    `label=${HASH}`,
    '--format',
    format,
  ]);
  const rows = listed
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [project = '', service = '', scenario = '', status = '', id = ''] = line.split('\t');
      return { project, service, scenario, status, id };
    });
  const details = await detailsOf(rows.map(({ id }) => id));
  return Promise.all(
    [...Map.groupBy(rows, ({ project }) => project)].map(async ([project, own]) => ({
      project,
      scenario: own[0]!.scenario,
      edited: editedSince(details.get(own[0]!.id)),
      containers: (
        await Promise.all(
          own.map(async ({ service, status, id }) => {
            const said = wordsOf(details.get(id)?.State.Health ?? null);
            return { service, status, says: status.startsWith('Exited') ? await refusalOf(id) : said };
          }),
        )
      ).toSorted((a, b) => (a.service < b.service ? -1 : 1)),
    })),
  );
};

/** The scenario of a container is a file of the machine where the engine runs. */
const editedSince = (details: Details | undefined): string | null => {
  const environment = new Map(
    details?.Config.Env.map((entry) => [entry.split('=', 1)[0], entry.replace(/^[^=]*=/, '')]),
  );
  const [generated, target] = [environment.get('STARLANE_SCENARIO_HASH'), environment.get('STARLANE_SCENARIO')];
  const source = details?.Mounts.find(({ Destination }) => Destination === target)?.Source;
  if (generated === undefined || source === undefined || !existsSync(source)) return null;
  return editedLine(source, generated);
};

const refusalOf = async (id: string): Promise<string | null> => {
  const said = await docker(['logs', '--tail', '1', id], { withErrors: true }).catch(() => ''); // it is gone meanwhile
  return /^starlane: (.*)$/m.exec(said)?.[1] ?? null;
};

interface Details {
  readonly State: { readonly Health?: DockerHealth };
  readonly Config: { readonly Env: readonly string[] };
  readonly Mounts: readonly { readonly Source: string; readonly Destination: string }[];
}

/** What the engine knows of containers, by the short ID. One that is gone meanwhile has nothing to say. */
const detailsOf = async (ids: readonly string[]): Promise<ReadonlyMap<string, Details>> => {
  if (ids.length === 0) return new Map();
  const listed = await docker(['inspect', ...ids]).catch(() => '[]');
  const all = JSON.parse(listed) as readonly (Details & { readonly Id: string })[];
  return new Map(all.map((details) => [details.Id.slice(0, 12), details]));
};

interface DockerHealth {
  readonly Log: readonly { readonly ExitCode: number; readonly Output: string }[] | null;
}

/** The state that a part told the last of Docker's health checks; null where that check was well, or there was none. */
export const wordsOf = (health: DockerHealth | null): string | null => {
  const last = health?.Log?.at(-1);
  if (last === undefined || last.ExitCode === 0) return null;
  try {
    const { status, reason } = JSON.parse(last.Output) as { readonly status?: unknown; readonly reason?: unknown };
    return [status ?? 'not healthy', ...(reason === undefined ? [] : [reason])].join(': ');
  } catch {
    return 'does not answer';
  }
};

/**
 * Takes a topology down with its networks and volumes. It is found by its labels, so its compose file is not needed.
 * Rejects when something of the project is not ours.
 */
export const takeDown = async (project: string): Promise<void> => {
  await checkOurs(project);
  await checkAlone(project);
  await docker(['compose', '--project-name', project, 'down', '--volumes', '--remove-orphans', '--timeout', '5']);
};

/** Rejects when a container of somebody else is on a network of a project: Docker would leave that network behind. */
const checkAlone = async (project: string): Promise<void> => {
  const filter = ['--filter', `label=${PROJECT}=${project}`, '--format', '{{.Names}}'];
  const own = new Set((await docker(['ps', '--all', ...filter])).split('\n'));
  const networks = await docker(['network', 'ls', '--quiet', '--filter', `label=${PROJECT}=${project}`]);
  const ids = networks.split('\n').filter((line) => line !== '');
  if (ids.length === 0) return;
  const format = '{{$network := .Name}}{{range .Containers}}{{.Name}}\t{{$network}}\n{{end}}';
  for (const line of (await docker(['network', 'inspect', ...ids, '--format', format])).split('\n')) {
    const [container = '', network] = line.split('\t');
    if (container === '' || own.has(container)) continue;
    throw new Error(`${container} is on the network ${network}: disconnect it first, then take ${project} down`);
  }
};

/** Rejects when a project has containers or volumes without our label: taking it down would destroy them. */
export const checkOurs = async (project: string): Promise<void> => {
  const filter = ['--filter', `label=${PROJECT}=${project}`, '--format'];
  const label = `{{.Label "${SCENARIO}"}}`;
  const containers = await docker(['ps', '--all', ...filter, `${label}\t{{.Names}}`]);
  const volumes = await docker(['volume', 'ls', ...filter, `${label}\t{{.Name}}`]);
  const foreign = `${containers}${volumes}`.split('\n').find((line) => line.startsWith('\t'));
  if (foreign !== undefined)
    throw new Error(`${project} is not ours alone: ${foreign.trim()} belongs to somebody else`);
};

const PROJECT = 'com.docker.compose.project';
const SERVICE = 'com.docker.compose.service';
const SCENARIO = 'starlane.scenario';
const HASH = 'com.docker.compose.config-hash';
