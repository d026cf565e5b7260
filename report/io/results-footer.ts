import { join } from 'node:path';

/** What a person reads below the tables: where the results are, and commands to try next, one a line. */
export const resultsFooter = (
  folder: string,
  {
    isStopped,
    next,
    events,
  }: { readonly isStopped: boolean; readonly next: readonly string[]; readonly events: boolean },
): readonly string[] => [
  ...(isStopped ? ['Stopped by Ctrl-C: these are the results until then.'] : []),
  `Results: ${join(folder, 'summary.json')}; requests.csv${events ? ', events.jsonl' : ''} and scenario.resolved.yaml beside it.`,
  ...(next.length > 0 ? ['Next:'] : []),
  ...next.map((command) => `  npm run starlane -- ${command}`),
];
