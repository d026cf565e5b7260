import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { madeUpLog } from '../../benchmarks/report/made-up-log.ts';
import { seededRng } from '../../core/random/rng.ts';
import { RunTally } from '../../report/run-tally.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes in use that no collection of garbage gives back. Buffers are given back some time after a collection, by another thread. */
const usedBytes = async (): Promise<number> => {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    collectGarbage();
    await setTimeout(20);
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    least = Math.min(least, heapUsed + arrayBuffers);
  }
  return least;
};

/** What the log of that many requests leaves in a tally, in bytes. */
const tallyBytes = async (requests: number): Promise<number> => {
  const before = await usedBytes();
  let tally: RunTally | null = null;
  for (const event of madeUpLog(requests, seededRng(1)('log'))) {
    if (event.kind === 'run') tally = new RunTally(event);
    else tally!.add(event);
  }
  const bytes = (await usedBytes()) - before;
  expect(tally!.figures()).toMatchObject({ open: 0, ttftMs: { censored: 0 } });
  return bytes;
};

test('the tally of a run keeps at most 130 bytes of a request, so that a million fit many times into 512 MiB', async () => {
  await tallyBytes(2000); // what code and its first call take
  expect((await tallyBytes(22_000)) - (await tallyBytes(2000))).toBeLessThan(20_000 * 130);
});
