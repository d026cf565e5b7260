import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { madeUpLog } from '../../benchmarks/report/made-up-log.ts';
import { seededRng } from '../../core/random/rng.ts';
import { RunTally } from '../../report/run-tally.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes in use that no collection of garbage gives back. */
const usedBytes = (): number => {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

/** What the log of that many requests leaves in a tally, in bytes. */
const tallyBytes = (requests: number): number => {
  const before = usedBytes();
  let tally: RunTally | null = null;
  for (const event of madeUpLog(requests, seededRng(1)('log'))) {
    if (event.kind === 'run') tally = new RunTally(event);
    else tally!.add(event);
  }
  const bytes = usedBytes() - before;
  expect(tally!.figures()).toMatchObject({ open: 0, ttftMs: { censored: 0 } });
  return bytes;
};

test('the tally of a run keeps at most 130 bytes of a request, so that a million fit many times into 512 MiB', () => {
  tallyBytes(2000); // what code and its first call take
  expect(tallyBytes(22_000) - tallyBytes(2000)).toBeLessThan(20_000 * 130);
});
