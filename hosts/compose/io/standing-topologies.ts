import { docker } from './docker.ts';

export interface StandingContainer {
  readonly service: string;
  /** As Docker prints it: `Up 2 minutes (healthy)`. */
  readonly status: string;
  /** The short one. */
  readonly id: string;
}

/** A topology of ours that the engine has containers of. */
export interface StandingTopology {
  readonly project: string;
  readonly scenario: string;
  /** By service. */
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
  return [...Map.groupBy(rows, ({ project }) => project)].map(([project, own]) => ({
    project,
    scenario: own[0]!.scenario,
    containers: own
      .map(({ service, status, id }) => ({ service, status, id }))
      .toSorted((a, b) => (a.service < b.service ? -1 : 1)),
  }));
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
