import { dirname, join, relative } from 'node:path';
import type { Command } from 'commander';
import { checkOutput, makeFolder } from '../core/config/io/output.ts';
import { Progress } from '../core/process/io/progress.ts';
import { groupTables } from '../report/group/group-table.ts';
import type { ReportedFolder } from '../report/html/contender.ts';
import { REPORT, writeHtmlReport } from '../report/io/html-report.ts';
import { reportedFolder } from '../report/io/reported-folder.ts';
import { verdictLines } from '../report/io/results-footer.ts';
import { type ByOption, withByOption } from './by-option.ts';

const HELP = `
DIR is a folder that simulate, run or load wrote. Each policy of each folder is one line of the charts. Of folders without charts.json,
as earlier versions wrote them, the log is read again.

Examples:
  starlane report results/atlantic-simulate
  starlane report results/atlantic-simulate --by region,provider
  starlane report results/today results/yesterday --out both.html`;

export const reportCommand = (command: Command): Command =>
  withByOption(command)
    .argument('<dir...>', 'folders of results')
    .option('-o, --out <file>', `where to write it (default: ${REPORT} in the folder, or in results/ for several)`)
    .addHelpText('after', HELP)
    .action(async (names: readonly string[], { out, by }: ByOption & { readonly out?: string }) => {
      const path = out ?? join(names.length === 1 ? names[0]! : 'results', REPORT);
      const progress = new Progress();
      const folders: ReportedFolder[] = [];
      for (const name of names) {
        progress.show('report', null, `reading ${name}`);
        folders.push(await reportedFolder(name));
      }
      makeFolder(dirname(path), '--out');
      checkOutput(path, '--out');
      progress.show('report', null, 'drawing');
      await writeHtmlReport(folders, path);
      progress.clear();
      process.stdout.write(
        `${[...tablesOf(folders, by), ...verdictLines(folders), '', `Report: ${relative('.', path)}`].join('\n')}\n`,
      );
    });

/** Those of one folder behind those of another, each below its name where there are several. */
const tablesOf = (folders: readonly ReportedFolder[], by: ByOption['by']): readonly string[] =>
  by.length === 0
    ? []
    : folders.flatMap(({ name, summary }) => [
        ...(folders.length === 1 ? [] : [`${name}:`, '']),
        ...groupTables(summary.runs, by),
      ]);
