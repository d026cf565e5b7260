import { realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { checkOutput } from '../core/config/io/output.ts';
import { composeFile } from '../scenario/deployment/compose-file.ts';
import { readScenario } from '../scenario/io/scenario-file.ts';
import { writeText } from './io/write-text.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export const composeCommand = (): Command =>
  new Command('compose')
    .description('Write the compose file of a scenario, for `docker compose up` or `docker stack deploy`.')
    .argument('<file>', 'the scenario, a YAML file')
    .option('-o, --out <file>', 'where to write it; paths in it are relative to that place', 'docker-compose.yml')
    .action((file: string, { out }: { readonly out: string }) => {
      checkOutput(out, '--out');
      writeComposeFile(file, out);
      process.stdout.write(`${out}: bring it up with: docker compose -f ${out} up\n`);
    });

/** Writes the compose file of the scenario at `file` to `out`, with paths relative to it; resolves to `out`. */
export const writeComposeFile = (file: string, out: string): string => {
  const scenario = readScenario(file);
  const from = realFolder(dirname(out));
  const way = (to: string): string => {
    const path = relative(from, join(realFolder(dirname(to)), basename(to)));
    return path.startsWith('.') ? path : `./${path}`;
  };
  writeText(out, composeFile(scenario, { scenario: way(resolve(file)), root: way(resolve(ROOT)) }));
  return out;
};

/** A path with `..` in it must not lead through a symbolic link, so links are resolved. */
const realFolder = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path); // it does not exist; writing to it will report that
  }
};
