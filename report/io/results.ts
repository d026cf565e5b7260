import { rmSync, statSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import { join, relative } from 'node:path';
import { type DiskError, diskErrorOf } from '../../core/config/disk-error.ts';
import { makeFolder } from '../../core/config/io/output.ts';
import { writeWhole } from '../../core/config/io/write-whole.ts';
import type { EventSink } from '../../core/event/event.ts';
import { EventFile } from '../../core/event/io/event-file.ts';
import { eachEvent } from '../../core/event/io/event-reader.ts';
import { inTurns } from '../../core/process/io/in-turns.ts';
import type { ResolvedScenario } from '../../scenario/resolved-scenario.ts';
import { Summariser } from '../summary.ts';
import type { Summary } from '../summary-schema.ts';
import { terminalReport } from '../terminal-report.ts';

/**
 * Where the results of one command go: `scenario.resolved.yaml` with its traces at once, `events.jsonl` as it runs, `summary.json`
 * and a report at its end.
 */
export interface Results {
  readonly folder: string;
  readonly emit: EventSink;
  /** The first thing that the disk did not take; null while it has taken everything. A long command should end then. */
  readonly fault: () => DiskError | null;
  /**
   * Closes the log, computes the summary from it, writes and prints it. When the disk does not take the summary, it is printed all the
   * same, and `fault` says so: no half of one is left. Rejects with `DiskError` when the log has not even its first line.
   */
  report(options: ReportOptions): Promise<Summary>;
}

interface ReportOptions {
  readonly asJson: boolean;
  readonly isStopped: boolean;
  /** Commands that a person could try next, one a line. */
  readonly next: readonly string[];
}

/**
 * Makes the folder and removes earlier results, so that no old summary is beside a new log. Throws `ConfigError` when there can be no
 * files, and `DiskError` when the disk does not take them. When two commands write to one folder, the later one keeps it, and the other one throws when it reports.
 */
export const openResults = (
  folder: string,
  resolved: ResolvedScenario,
  /** The folder as the user knows it, where that is another name. */
  shownAs = relative('.', folder) || '.',
): Results => {
  const eventsPath = join(folder, 'events.jsonl');
  const log = open(folder, eventsPath, resolved);
  const { ino } = statSync(eventsPath);
  let fault: DiskError | null = null;
  const summaryFile = join(folder, 'summary.json');
  return {
    folder,
    emit: log.emit,
    fault: () => log.fault ?? fault,
    report: async ({ asJson, isStopped, next }) => {
      log.close();
      if (statSync(eventsPath, { throwIfNoEntry: false })?.ino !== ino) {
        throw new Error(`another run writes its results to ${folder}: give one of them another --out`);
      }
      let torn = 0;
      const summariser = new Summariser();
      await inTurns(
        eachEvent(eventsPath, () => torn++),
        (event) => summariser.add(event),
      );
      if (log.fault !== null && !summariser.hasRun) throw log.fault;
      const summary = summariser.summary(machine(), { lost: log.lost, torn });
      const text = `${JSON.stringify(summary, null, 2)}\n`;
      try {
        writeWhole(summaryFile, text);
      } catch (error) {
        fault = diskErrorOf(summaryFile, error);
      }
      const end = fault === null ? footer(shownAs, isStopped, next) : [];
      process.stdout.write(asJson ? text : `${[...terminalReport(summary), '', ...end].join('\n')}\n`);
      return summary;
    },
  };
};

const open = (folder: string, eventsPath: string, resolved: ResolvedScenario): EventFile => {
  makeFolder(folder, '--out');
  try {
    // Another command that still writes to such a file keeps it, but the file has no name any more.
    for (const path of [eventsPath, join(folder, 'summary.json')]) rmSync(path, { force: true });
    writeWhole(join(folder, 'scenario.resolved.yaml'), resolved.yaml);
    for (const [name, text] of Object.entries(resolved.files)) writeWhole(join(folder, name), text);
    return new EventFile(eventsPath);
  } catch (error) {
    throw diskErrorOf(folder, error);
  }
};

const footer = (shownAs: string, isStopped: boolean, next: readonly string[]): readonly string[] => [
  ...(isStopped ? ['Stopped by Ctrl-C: these are the results until then.'] : []),
  `Results: ${join(shownAs, 'summary.json')}; events.jsonl and scenario.resolved.yaml beside it.`,
  ...(next.length > 0 ? ['Next:'] : []),
  ...next.map((command) => `  npm run starlane -- ${command}`),
];

const machine = (): string =>
  `${platform()}/${arch()}, ${cpus().length} x ${cpus()[0]?.model ?? 'cpu'}, node ${process.version}`;
