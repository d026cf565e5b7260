import { loadavg } from 'node:os';
import { commitOf } from '../../../report/io/commit.ts';
import { machineName } from '../../../report/io/machine-name.ts';
import type { SuiteResult, SuiteRow } from '../suite-result.ts';
import { suiteTable } from '../suite-table.ts';

/** What is the same for all rows of a suite; ask before the first is measured. */
export type Conditions = Omit<SuiteResult, 'rows' | 'loadAverage'> & { readonly loadBefore: number };

export const conditionsOfSuite = (suite: string): Conditions => ({
  schema: 1,
  suite,
  machine: machineName(),
  date: new Date().toISOString(),
  commit: commitOf(),
  loadBefore: loadavg()[0] ?? 0,
});

/** The result of a suite whose last row has just been measured. */
export const suiteResult = ({ loadBefore, ...of }: Conditions, rows: readonly SuiteRow[]): SuiteResult => ({
  ...of,
  loadAverage: [loadBefore, loadavg()[0] ?? 0],
  rows: [...rows],
});

/** Prints the result of a suite as JSON, or as a table. */
export const printRows = (result: SuiteResult, { json }: { readonly json: boolean }): void => {
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${suiteTable(result).join('\n')}\n`);
};
