import { writeFileSync } from 'node:fs';
import { golden, RECORDED_RUNS, simulatorRows } from './simulator-rows.ts';

/*
 * Records what the simulator answers now: `node test/differential/record.ts atlantic-3 orbital-3`. Only for a change that is meant to
 * change the answers; the commit says which and why.
 */
const wanted = process.argv.slice(2);
for (const run of RECORDED_RUNS) {
  const name = `${run.scenario}-${run.seed}`;
  if (!wanted.includes(name)) continue;
  writeFileSync(
    golden(`${name}.csv`),
    `${['policy,request,endpoints,firstTokenAtMs,finishedAtMs,outcome,tokens', ...simulatorRows(run)].join('\n')}\n`,
  );
  process.stdout.write(`recorded ${name}\n`);
}
