import { Command, CommanderError } from 'commander';
import { ConfigError } from '../core/config/config-error.ts';
import { DiskError, diskErrorOf } from '../core/config/disk-error.ts';
import { EXIT } from '../core/process/exit-code.ts';
import { COMMANDS } from './commands.ts';
import { SHOWN_DEFAULTS } from './shown-defaults.ts';

/** Runs the command that `args` ask for, and sets the exit code of the process. A failure becomes one line. */
export const runCommandLine = async (args: readonly string[]): Promise<void> => {
  process.stdout.on('error', onOutputError);
  try {
    const program = await programFor(args);
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : EXIT.wrongInput;
    } else {
      process.stderr.write(`starlane: ${oneLine(error instanceof Error ? error.message : String(error))}\n`);
      process.exitCode = codeOf(error);
    }
  }
};

/** All commands, of which only the one that is asked for is loaded. */
const programFor = async (args: readonly string[]): Promise<Command> => {
  const program = new Command('starlane')
    .description('Which site, over which medium, should each inference request take? Starlane answers with numbers.')
    .version('0.1.0')
    .addHelpText('after', HELP)
    .configureHelp({ ...SHOWN_DEFAULTS, subcommandTerm: (command) => command.name() })
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'starlane: ')) });
  const words = args.filter((arg) => !arg.startsWith('-'));
  const asked = words[0] === 'help' ? words[1] : words[0];
  for (const { name, what, load } of COMMANDS) {
    const command = new Command(name).description(what).copyInheritedSettings(program);
    program.addCommand(name === asked ? (await load())(command) : command);
  }
  return program;
};

const HELP = `
Examples:
  starlane validate scenarios/atlantic.yaml
  starlane simulate scenarios/atlantic.yaml --policy round-robin,ephemeris --duration 10m
  starlane run scenarios/atlantic.yaml --policy peak-ewma,ephemeris --rate 12 --out results/today
  starlane report results/today results/yesterday
  starlane paths --from "New York" --to London --plot rtt.svg
  starlane sky scenarios/atlantic.yaml --at 90
  starlane links scenarios/atlantic.yaml --duration 1h
  starlane doctor --host compose

Hosts:
  simulate   virtual time, in memory: minutes in seconds, exact to repeat
  run        real gRPC between processes on this machine, through relays that delay the bytes; no root, no Docker

Exit codes: 0 done and valid, 1 failed or not valid, 2 wrong input, 3 a disk is full, 4 no verdict, 130 stopped by Ctrl-C.`;

const onOutputError = (error: NodeJS.ErrnoException): void => {
  if (error.code === 'EPIPE') return; // a reader such as `head` that has enough is no failure
  process.stderr.write(`starlane: ${diskErrorOf('standard output', error).message}\n`);
  process.exit(EXIT.diskFull);
};

/** Names from the user may contain line ends and codes that a terminal obeys. */
const oneLine = (message: string): string =>
  message.replaceAll(/\p{Cc}|\p{Cs}/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

const codeOf = (error: unknown): number => {
  if (error instanceof ConfigError) return EXIT.wrongInput;
  return error instanceof DiskError ? EXIT.diskFull : EXIT.failed;
};
