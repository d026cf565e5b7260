import { chmodSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { checkOutput, makeFolder } from '../core/config/io/output.ts';
import { composeFile } from '../scenario/deployment/compose-file.ts';
import { checkPlayedLive } from '../scenario/hand-over-of.ts';
import { readScenario } from '../scenario/io/scenario-file.ts';
import { writeScenario } from '../scenario/io/written-scenario.ts';
import { writeText } from './io/write-text.ts';
import { withSetOption } from './run-options.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export const composeCommand = (command: Command): Command =>
  withSetOption(command.argument('<file>', 'the scenario, a YAML file'))
    .option('-o, --out <file>', 'where to write it; paths in it are relative to that place', 'docker-compose.yml')
    .action((file: string, { out, set }: { readonly out: string; readonly set: readonly string[] }) => {
      checkOutput(out, '--out');
      writeComposeFile(file, { out, results: join(dirname(out), 'results'), set });
      process.stdout.write(`${out}: bring it up with: docker compose -f ${out} up\n`);
    });

/**
 * Writes the compose file of the scenario at `file` to `out`, with paths as they are from there, and makes the folder `results`,
 * which Docker would make as one of root; resolves to `out`. With values of `set` in place of those of the file, the containers get the scenario
 * with them, as `scenario.resolved.yaml` beside `out`, with the files that it names.
 */
export const writeComposeFile = (
  named: string,
  { out, results, set }: { readonly out: string; readonly results: string; readonly set: readonly string[] },
): string => {
  const file = set.length === 0 ? named : writeScenario(readScenario(named, { set }), dirname(out));
  const scenario = readScenario(file);
  checkPlayedLive(scenario);
  const from = realFolder(dirname(out));
  const way = (to: string): string => {
    const path = relative(from, join(realFolder(dirname(to)), basename(to)));
    return path.startsWith('.') ? path : `./${path}`;
  };
  makeFolder(results, 'results');
  openToLoad(results);
  const paths = { scenario: way(resolve(file)), root: way(resolve(ROOT)), results: way(resolve(results)) };
  writeText(out, composeFile(scenario, { ...paths, resultsShown: results }));
  return out;
};

/** The load writes there as user 1000. Where the folder is another user's, everybody may write there, and delete only what is theirs. */
const openToLoad = (results: string): void => {
  const { uid, mode } = statSync(results);
  if (uid !== LOAD_UID && uid === process.getuid?.() && (mode & 0o002) === 0) chmodSync(results, 0o1777);
};

/** The user `node` of the image. */
const LOAD_UID = 1000;

/** A path with `..` in it must not lead through a symbolic link, so links are resolved. */
const realFolder = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path); // it does not exist; writing to it will report that
  }
};
