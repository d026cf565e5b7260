import { dirname, join, relative } from 'node:path';
import type { Command } from 'commander';
import { ConfigError } from '../core/config/config-error.ts';
import { checkOutput, makeFolder } from '../core/config/io/output.ts';
import { Progress } from '../core/process/io/progress.ts';
import { groupTables } from '../report/group/group-table.ts';
import type { ReportedFolder } from '../report/html/contender.ts';
import { REPORT, writeHtmlReport, writeStudyReport } from '../report/io/html-report.ts';
import { reportedFolder } from '../report/io/reported-folder.ts';
import { verdictLines } from '../report/io/results-footer.ts';
import { studiedFolder } from '../report/io/studied-folder.ts';
import { type ByOption, withByOption } from './by-option.ts';

const HELP = `
DIR is a folder that simulate, run or load wrote. Each policy of each folder is one line of the charts. Of folders without charts.json,
as earlier versions wrote them, the log is read again. A folder of sweep or find-capacity gets a page of its own: curves with 95 % bands over
each key, or the load that each policy keeps.

Examples:
  starlane report results/atlantic-simulate
  starlane report results/atlantic-simulate --by region,provider
  starlane report results/atlantic-sweep
  starlane report results/today results/yesterday --out both.html`;

export const reportCommand = (command: Command): Command =>
  withByOption(command)
    .argument('<dir...>', 'folders of results')
    .option('-o, --out <file>', `where to write it (default: ${REPORT} in the folder, or in results/ for several)`)
    .addHelpText('after', HELP)
    .action(async (names: readonly string[], { out, by }: ByOption & { readonly out?: string }) => {
      const path = out ?? join(names.length === 1 ? names[0]! : 'results', REPORT);
      const progress = new Progress();
      const studies = names.map(studiedFolder).filter((study) => study !== null);
      if (studies.length > 0) {
        if (names.length > 1)
          throw new ConfigError('', `${studies[0]!.name} has a page of its own, expected no other folder beside it`);
        if (by.length > 0) throw new ConfigError('--by', 'is for runs, and a sweep keeps no figures by group');
        makeFolder(dirname(path), '--out');
        checkOutput(path, '--out');
        const said = await writeStudyReport(studies[0]!, path);
        process.stdout.write(`${[...said, '', `Report: ${relative('.', path)}`].join('\n')}\n`);
        return;
      }
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
