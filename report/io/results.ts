import { statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type DiskError, diskErrorOf } from '../../core/config/disk-error.ts';
import { writeWhole } from '../../core/config/io/write-whole.ts';
import type { EventSink } from '../../core/event/event.ts';
import { EventFile } from '../../core/event/io/event-file.ts';
import type { ResolvedScenario } from '../../scenario/resolved-scenario.ts';
import type { RunCharts } from '../charts/charts-schema.ts';
import { runCharts } from '../charts/run-charts.ts';
import type { GroupingName } from '../group/registry.ts';
import { REQUESTS_HEAD, requestLines } from '../requests-csv.ts';
import type { RunTally } from '../run-tally.ts';
import type { Summary } from '../summary-schema.ts';
import { terminalReport } from '../terminal-report.ts';
import { writeOwnReport } from './html-report.ts';
import { markedPartial } from './partial-rows.ts';
import { RequestsFile } from './requests-file.ts';
import { resultsFooter } from './results-footer.ts';
import { makeRunFolder } from './run-folder.ts';
import { summaryOfLog } from './summary-of-log.ts';

/**
 * Where the results of one command go: `scenario.resolved.yaml` with its traces at once, `events.jsonl` as it runs, `requests.csv`,
 * `summary.json`, `charts.json` and `report.html` at its end.
 */
export interface Results {
  readonly folder: string;
  readonly emit: EventSink;
  /** The first thing that the disk did not take; null while it has taken everything. A long command should end then. */
  readonly fault: () => DiskError | null;
  /**
   * Closes the log, computes the summary from it and writes it, as `report` does, and prints nothing.
   */
  write(): Promise<Summary>;
  /**
   * Closes the log, computes the summary from it, writes and prints it. When the disk does not take the summary, it is printed all the
   * same, and `fault` says so: no half of one is left. Rejects with `DiskError` when the log has not even its first line.
   */
  report(options: ReportOptions): Promise<Summary>;
}

interface ReportOptions {
  readonly asJson: boolean;
  readonly isStopped: boolean;
  /** The groupings whose tables a person wants, too. */
  readonly by?: readonly GroupingName[];
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
  const write = async (): Promise<Summary> => {
    log.close();
    if (statSync(eventsPath, { throwIfNoEntry: false })?.ino !== ino) {
      throw new Error(`another run writes its results to ${folder}: give one of them another --out`);
    }
    const requests = new RequestsFile(join(folder, 'requests.csv'));
    requests.write(REQUESTS_HEAD);
    const charts: RunCharts[] = [];
    const onRun = (tally: RunTally): void => {
      charts.push(runCharts(tally));
      for (const line of requestLines(tally)) requests.write(line);
    };
    const summary = await summaryOfLog(eventsPath, { lost: log.lost, onRun });
    requests.close();
    fault = requests.fault;
    if (fault !== null) markedPartial(join(folder, 'requests.csv'));
    if (summary === null) throw log.fault ?? new RangeError('a log without a run has no summary');
    try {
      writeWhole(summaryFile, textOf(summary));
      await writeOwnReport(folder, charts, shownAs);
    } catch (error) {
      fault ??= diskErrorOf(summaryFile, error);
    }
    return summary;
  };
  return {
    folder,
    emit: log.emit,
    fault: () => log.fault ?? fault,
    write,
    report: async ({ asJson, isStopped, by = [], next }) => {
      const summary = await write();
      const end = fault === null ? resultsFooter(shownAs, { summary, isStopped, next, events: true }) : [];
      process.stdout.write(
        asJson ? textOf(summary) : `${[...terminalReport(summary, { by }), '', ...end].join('\n')}\n`,
      );
      return summary;
    },
  };
};

const textOf = (summary: Summary): string => `${JSON.stringify(summary, null, 2)}\n`;

const open = (folder: string, eventsPath: string, resolved: ResolvedScenario): EventFile => {
  makeRunFolder(folder, resolved);
  return new EventFile(eventsPath);
};
