#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { ConfigError } from '../core/config/config-error.ts';
import { DiskError, diskErrorOf } from '../core/config/disk-error.ts';
import { cacheCommand } from './cache.ts';
import { compareCommand } from './compare.ts';
import { composeCommand } from './compose.ts';
import { doctorCommand } from './doctor.ts';
import { downCommand } from './down.ts';
import { engineCommand } from './engine.ts';
import { faultCommand } from './fault.ts';
import { EXIT } from './io/exit-code.ts';
import { linksCommand } from './links.ts';
import { loadCommand } from './load.ts';
import { logsCommand } from './logs.ts';
import { pathsCommand } from './paths.ts';
import { profilesCommand } from './profiles.ts';
import { routerCommand } from './router.ts';
import { runCommand } from './run.ts';
import { schemaCommand } from './schema.ts';
import { simulateCommand } from './simulate.ts';
import { skyCommand } from './sky.ts';
import { statusCommand } from './status.ts';
import { upCommand } from './up.ts';
import { validateCommand } from './validate.ts';

const HELP = `
Examples:
  starlane validate scenarios/atlantic.yaml
  starlane simulate scenarios/atlantic.yaml --policy round-robin,ephemeris --duration 10m
  starlane run scenarios/atlantic.yaml --policy peak-ewma,ephemeris --rate 12 --out results/today
  starlane paths --from "New York" --to London --plot rtt.svg
  starlane sky scenarios/atlantic.yaml --at 90
  starlane links scenarios/atlantic.yaml --duration 1h
  starlane doctor --host compose

Hosts:
  simulate   virtual time, in memory: minutes in seconds, exact to repeat
  run        real gRPC between processes on this machine, through relays that delay the bytes; no root, no Docker

Exit codes: 0 done and valid, 1 failed or not valid, 2 wrong input, 3 a disk is full, 130 stopped by Ctrl-C.`;

const program = new Command('starlane')
  .description('Which site, over which medium, should each inference request take? Starlane answers with numbers.')
  .version('0.1.0')
  .addCommand(validateCommand())
  .addCommand(simulateCommand())
  .addCommand(runCommand())
  .addCommand(compareCommand())
  .addCommand(routerCommand())
  .addCommand(pathsCommand())
  .addCommand(skyCommand())
  .addCommand(linksCommand())
  .addCommand(engineCommand())
  .addCommand(profilesCommand())
  .addCommand(composeCommand())
  .addCommand(upCommand())
  .addCommand(downCommand())
  .addCommand(statusCommand())
  .addCommand(logsCommand())
  .addCommand(loadCommand())
  .addCommand(faultCommand())
  .addCommand(schemaCommand())
  .addCommand(cacheCommand())
  .addCommand(doctorCommand())
  .addHelpText('after', HELP)
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'starlane: ')) });
for (const command of program.commands) command.copyInheritedSettings(program);

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return; // a reader such as `head` that has enough is no failure
  process.stderr.write(`starlane: ${diskErrorOf('standard output', error).message}\n`);
  process.exit(EXIT.diskFull);
});

/** Names from the user may contain line ends and codes that a terminal obeys. */
const oneLine = (message: string): string =>
  message.replaceAll(/\p{Cc}|\p{Cs}/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

const codeOf = (error: unknown): number => {
  if (error instanceof ConfigError) return EXIT.wrongInput;
  return error instanceof DiskError ? EXIT.diskFull : EXIT.failed;
};

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : EXIT.wrongInput;
  } else {
    process.stderr.write(`starlane: ${oneLine(error instanceof Error ? error.message : String(error))}\n`);
    process.exitCode = codeOf(error);
  }
}
