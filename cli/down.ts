import type { Command } from 'commander';
import { standingTopologies, takeDown } from '../hosts/compose/io/standing-topologies.ts';

export const downCommand = (command: Command): Command =>
  command
    .argument('[name]', 'the one to take down; without it, the only one there is')
    .option('--name <name>', 'the same')
    .option('--all', 'every topology of ours on this engine', false)
    .action(async (argument: string | undefined, options: { readonly all: boolean; readonly name?: string }) => {
      const { all, name = argument } = options;
      const standing = (await standingTopologies()).map(({ project }) => project);
      for (const project of chosen(standing, name, all)) {
        await takeDown(project);
        process.stdout.write(`${project}: down\n`);
      }
    });

const chosen = (standing: readonly string[], name: string | undefined, all: boolean): readonly string[] => {
  if (all) return standing;
  const names = standing.length === 0 ? 'no Starlane topology is running' : `running: ${standing.join(', ')}`;
  if (name === undefined) {
    if (standing.length === 1) return standing;
    throw new Error(standing.length === 0 ? names : `which one? ${names}; or --all`);
  }
  if (!standing.includes(name)) throw new Error(`${name} is not running; ${names}`);
  return [name];
};
