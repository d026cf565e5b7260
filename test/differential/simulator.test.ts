import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { golden, RECORDED_RUNS, simulatorRows } from './simulator-rows.ts';

test.each(RECORDED_RUNS)(
  '$scenario under seed $seed: every request has the endpoints, first token and end that it had',
  (run) => {
    const [, ...recorded] = readFileSync(golden(`${run.scenario}-${run.seed}.csv`), 'utf8')
      .trimEnd()
      .split('\n');
    expect(simulatorRows(run)).toEqual(recorded);
  },
);
