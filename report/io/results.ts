import { execFileSync } from 'node:child_process';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import { join, relative } from 'node:path';
import { ConfigError } from '../../core/config/config-error.ts';
import { makeFolder } from '../../core/config/io/output.ts';
import type { EventSink } from '../../core/event/event.ts';
import { EventFile, readEvents } from '../../core/event/io/event-file.ts';
import { type Summary, summarise } from '../summary.ts';
import { terminalReport } from '../terminal-report.ts';

/** Where the results of one command go: `events.jsonl` as it runs, `summary.json` and a report at its end. */
export interface Results {
  readonly folder: string;
  readonly emit: EventSink;
  /** Closes the log, computes the summary from it, writes and prints it. */
  report(options: ReportOptions): Summary;
}

interface ReportOptions {
  readonly asJson: boolean;
  readonly isStopped: boolean;
  /** What a person could try next, a command a line. */
  readonly next: readonly string[];
}

/**
 * Makes the folder, and throws `ConfigError` when it cannot be written to. Of two commands that write to one folder at a time, the
 * later has it: the other one throws when it reports.
 */
export const openResults = (folder: string): Results => {
  const eventsPath = join(folder, 'events.jsonl');
  const log = open(folder, eventsPath);
  const { ino } = statSync(eventsPath);
  return {
    folder,
    emit: log.emit,
    report: ({ asJson, isStopped, next }) => {
      log.close();
      if (statSync(eventsPath, { throwIfNoEntry: false })?.ino !== ino) {
        throw new Error(`another run writes its results to ${folder}: give one of them another --out`);
      }
      const summary = summarise(readEvents(eventsPath), { commit: commitOf(), machine: machine() });
      writeFileSync(join(folder, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
      if (asJson) process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
      else process.stdout.write(`${[...terminalReport(summary), '', ...footer(folder, isStopped, next)].join('\n')}\n`);
      return summary;
    },
  };
};

const open = (folder: string, eventsPath: string): EventFile => {
  makeFolder(folder, '--out');
  try {
    rmSync(eventsPath, { force: true }); // whoever else writes to it keeps a file of his own
    return new EventFile(eventsPath);
  } catch (error) {
    throw new ConfigError('--out', `is ${folder}, where results cannot be written: ${(error as Error).message}`);
  }
};

const footer = (folder: string, isStopped: boolean, next: readonly string[]): readonly string[] => [
  ...(isStopped ? ['Stopped by Ctrl-C: these are the results until then.'] : []),
  `Results: ${join(relative('.', folder) || '.', 'summary.json')} and events.jsonl beside it.`,
  ...(next.length > 0 ? ['Next:'] : []),
  ...next.map((command) => `  npm run starlane -- ${command}`),
];

/** The commit of this checkout, with a + where files differ from it. */
const commitOf = (): string => {
  const git = (...args: string[]): string =>
    execFileSync('git', args, {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    return (
      git('rev-parse', '--short=12', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') === '' ? '' : '+')
    );
  } catch {
    return 'unknown'; // not a checkout
  }
};

const machine = (): string =>
  `${platform()}/${arch()}, ${cpus().length} x ${cpus()[0]?.model ?? 'cpu'}, node ${process.version}`;
