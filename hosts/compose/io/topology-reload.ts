import { ConfigError } from '../../../core/config/config-error.ts';
import type { RouterChange } from '../../../core/event/event.ts';
import { containerName } from '../container-name.ts';
import { docker } from './docker.ts';
import { type StandingTopology, standingTopologies } from './standing-topologies.ts';

/** An edited scenario for the routers of a topology. Their containers may not see the edit: a file that an editor replaced is another one. */
export interface TopologyScenario {
  /** What messages call it. */
  readonly file: string;
  readonly scenario: string;
  /** The texts of its policies, by their names in it. */
  readonly policies: Readonly<Record<string, string>>;
  /** The containers of its routers. */
  readonly routers: readonly string[];
}

/**
 * Has all routers of the topology `name`, or of the only one that runs, load their part of the scenario again; resolves to what changed. All are
 * asked first whether they can: a ConfigError where one cannot, and then none has changed.
 */
export const reloadTopology = async (
  name: string | undefined,
  { routers, ...scenario }: TopologyScenario,
): Promise<readonly RouterChange[]> => {
  const standing = await standingTopologies();
  const having = standing.filter(({ project }) => name === undefined || project === name);
  if (having.length !== 1) {
    const there = standing.map(({ project }) => project).join(', ');
    const expected = standing.length === 0 ? 'a topology that runs: starlane up FILE' : `one of ${there}`;
    throw new ConfigError('--name', `is ${name === undefined ? 'missing' : `"${name}"`}, expected ${expected}`);
  }
  const [{ project }] = having as [StandingTopology];
  for (const router of routers) await orderIn(containerName(project, router), { ...scenario, check: true });
  let changes: readonly RouterChange[] = [];
  for (const router of routers) changes = await orderIn(containerName(project, router), scenario);
  return changes;
};

/** The control of a router is not published: the order is given beside it. */
const orderIn = async (container: string, body: object): Promise<readonly RouterChange[]> => {
  const said = await docker(['exec', '--interactive', container, 'node', 'bundle/starlane.js', 'reload', '--json'], {
    input: JSON.stringify(body),
  }).catch((error: Error) => {
    throw new ConfigError('', error.message.replace(/^docker exec: (starlane: )?/, ''));
  });
  return (JSON.parse(said) as { readonly changes: readonly RouterChange[] }).changes;
};
