import { existsSync } from 'node:fs';
import { editedLine } from '../../../scenario/deployment/io/scenario-edits.ts';
import { environmentOf } from '../environment-of.ts';
import { docker } from './docker.ts';
import { type StandingContainer, type StandingTopology, standingTopologies } from './standing-topologies.ts';

interface ContainerState extends Omit<StandingContainer, 'id'> {
  /**
   * What it said at its last health check, where it is not simply healthy: `draining: was told to drain`. Where it has ended: the line
   * with which it refused its configuration.
   */
  readonly says: string | null;
}

interface TopologyStatus extends Omit<StandingTopology, 'containers'> {
  /** One line where its scenario was edited since its compose file was generated, as far as its file is on this machine. */
  readonly edited: string | null;
  readonly containers: readonly ContainerState[];
}

/** Every topology of ours on this engine, with what its parts say of themselves. */
export const topologyStatus = async (): Promise<readonly TopologyStatus[]> => {
  const standing = await standingTopologies();
  const details = await detailsOf(standing.flatMap(({ containers }) => containers.map(({ id }) => id)));
  return Promise.all(
    standing.map(async ({ project, scenario, containers }) => ({
      project,
      scenario,
      edited: editedSince(details.get(containers[0]!.id)),
      containers: await Promise.all(
        containers.map(async ({ service, status, id }) => {
          const said = wordsOf(details.get(id)?.State.Health ?? null);
          return { service, status, says: status.startsWith('Exited') ? await refusalOf(id) : said };
        }),
      ),
    })),
  );
};

/** The scenario of a container is a file of the machine where the engine runs. */
const editedSince = (details: Details | undefined): string | null => {
  const { STARLANE_SCENARIO_HASH: generated, STARLANE_SCENARIO: target } = environmentOf(details?.Config.Env ?? []);
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
