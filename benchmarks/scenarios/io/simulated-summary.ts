import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Summary } from '../../../report/summary-schema.ts';

/** Simulates policies of a scenario as a user does, in a process of its own. A result that is not valid is one, too. Rejects when it fails. */
export const simulatedSummary = async (
  file: string,
  of: { readonly policies: readonly string[]; readonly set: readonly string[]; readonly seeds: number },
  folder: string,
): Promise<Summary> => {
  const args = ['simulate', file, '--policy', of.policies.join(','), '--repeat', `${of.seeds}`, '--out', folder];
  for (const set of of.set) args.push('--set', set);
  await new Promise<void>((done, fail) => {
    execFile(process.execPath, ['cli/main.ts', ...args], { maxBuffer: 1 << 28 }, (error, _out, err) => {
      if (error === null || error.code === INVALID_RESULT) done();
      else fail(new Error(`${file}: ${err.trim().split('\n').at(-1) ?? error.message}`));
    });
  });
  return JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as Summary;
};

/** Exit code of a simulation that went to its end, such as one that left requests open. */
const INVALID_RESULT = 1;
