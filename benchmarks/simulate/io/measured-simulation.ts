import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SimulateCase } from '../simulate-case.ts';
import type { ProcessUse } from '../speed.ts';

/**
 * Simulates a case once with the code in `tree`, in a process of its own that writes its results below `folder`. The scenario is that of
 * this checkout. Rejects when the simulation fails; one whose result is not valid took its time all the same.
 */
export const measuredSimulation = async (
  { file, policy, ratePerS, durationS }: SimulateCase,
  { tree, folder }: { readonly tree: string; readonly folder: string },
): Promise<ProcessUse> => {
  const probe = join(folder, 'probe.json');
  const args = [
    ...['--import', fileURLToPath(new URL('./probe.ts', import.meta.url))],
    ...[
      'cli/main.ts',
      'simulate',
      resolve(file),
      '--policy',
      policy,
      '--rate',
      `${ratePerS}`,
      '--duration',
      `${durationS}`,
    ],
    ...['--out', join(folder, 'out'), '--json'],
  ];
  await new Promise<void>((done, fail) => {
    const options = { cwd: tree, env: { ...process.env, STARLANE_PROBE: probe }, maxBuffer: 1 << 28 };
    execFile(process.execPath, args, options, (error, _out, err) => {
      if (error === null || error.code === INVALID_RESULT) done();
      else fail(new Error(`the simulation failed in ${tree}: ${err.trim().split('\n').at(-1) ?? error.message}`));
    });
  });
  return JSON.parse(readFileSync(probe, 'utf8')) as ProcessUse;
};

/** Exit code of a simulation that went to its end, such as one that left requests open. */
const INVALID_RESULT = 1;
