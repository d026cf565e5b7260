import { docker } from './docker.ts';

export interface StandingContainer {
  readonly service: string;
  /** As Docker says it: `Up 2 minutes (healthy)`. */
  readonly status: string;
}

/** A topology of ours that the engine has containers of. */
export interface StandingTopology {
  readonly project: string;
  readonly scenario: string;
  readonly containers: readonly StandingContainer[];
}

/** Every topology of ours on this engine, known by our label alone. */
export const standingTopologies = async (): Promise<readonly StandingTopology[]> => {
  const fields = [PROJECT, SERVICE, SCENARIO].map((label) => `{{.Label "${label}"}}`);
  const format = [...fields, '{{.Status}}'].join('\t');
  const listed = await docker(['ps', '--all', '--filter', `label=${SCENARIO}`, '--format', format]);
  const rows = listed
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [project = '', service = '', scenario = '', status = ''] = line.split('\t');
      return { project, service, scenario, status };
    });
  return [...Map.groupBy(rows, ({ project }) => project)].map(([project, own]) => ({
    project,
    scenario: own[0]!.scenario,
    containers: own
      .map(({ service, status }) => ({ service, status }))
      .toSorted((a, b) => (a.service < b.service ? -1 : 1)),
  }));
};

/** Takes a topology down with its networks and volumes. It is found by its labels, so its compose file is not needed. */
export const takeDown = (project: string): Promise<string> =>
  docker(['compose', '--project-name', project, 'down', '--volumes', '--remove-orphans', '--timeout', '5']);

const PROJECT = 'com.docker.compose.project';
const SERVICE = 'com.docker.compose.service';
const SCENARIO = 'starlane.scenario';
