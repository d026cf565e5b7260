import type { Command } from 'commander';
import { docker } from '../hosts/compose/io/docker.ts';
import { standingTopologies } from '../hosts/compose/io/standing-topologies.ts';

export const logsCommand = (command: Command): Command =>
  command
    .argument('[name]', 'the topology; without it, the only one there is')
    .option('-f, --follow', 'go on as they say more', false)
    .action(async (name: string | undefined, { follow }: { readonly follow: boolean }) => {
      const standing = (await standingTopologies()).map(({ project }) => project);
      const project = name ?? (standing.length === 1 ? standing[0]! : undefined);
      if (project === undefined || !standing.includes(project)) {
        const there = standing.length === 0 ? 'no Starlane topology is running' : `running: ${standing.join(', ')}`;
        throw new Error(name === undefined ? there : `${name} is not running; ${there}`);
      }
      const stopping = new AbortController();
      process.once('SIGINT', () => stopping.abort());
      const args = ['compose', '--project-name', project, 'logs', '--no-color', ...(follow ? ['--follow'] : [])];
      await docker(args, {
        onLine: (line) => void process.stdout.write(`${line}\n`),
        signal: stopping.signal,
      }).catch((error: Error) => {
        if (!stopping.signal.aborted) throw error;
      });
    });
