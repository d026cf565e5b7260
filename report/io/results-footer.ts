import { join } from 'node:path';
import { contendersOf, type ReportedFolder } from '../html/contender.ts';
import { verdictOf } from '../html/verdict.ts';
import type { Summary } from '../summary-schema.ts';
import { REPORT } from './html-report.ts';

/** What a person reads below the tables: the verdict, where the results are, and commands to try next, one a line. */
export const resultsFooter = (
  folder: string,
  {
    summary,
    isStopped,
    next,
    events,
  }: {
    readonly summary: Summary;
    readonly isStopped: boolean;
    readonly next: readonly string[];
    readonly events: boolean;
  },
): readonly string[] => [
  ...(isStopped ? ['Stopped by Ctrl-C: these are the results until then.'] : []),
  ...verdictLines([{ name: folder, summary, charts: null, scenario: null, writtenAt: '' }]),
  '',
  `Report: ${join(folder, REPORT)}: open it in a browser for the curves, the map and the reasons.`,
  `Results: ${join(folder, 'summary.json')}; requests.csv${events ? ', events.jsonl' : ''} and scenario.resolved.yaml beside it.`,
  ...(next.length > 0 ? ['Next:'] : []),
  ...next.map((command) => `  npm run starlane -- ${command}`),
];

/** What the results say, in plain words, as the report does. */
export const verdictLines = (folders: readonly ReportedFolder[]): readonly string[] => {
  const { headline, sentences, isValid } = verdictOf(contendersOf(folders));
  return [`${headline}${isValid ? '' : ': see INVALID'}.`, ...sentences.map((sentence) => `  ${sentence}`)];
};
