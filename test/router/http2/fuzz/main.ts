import { loadavg } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { Progress } from '../../../../core/process/io/progress.ts';
import { engineFaults } from './fuzz-engine.ts';
import { recordSession } from './recordings.ts';

/**
 * Gives the frame engine frames until it has had that many: of peers that keep every rule, of peers that break one now and then, and of
 * recordings that were twisted. `npm run fuzz:frames -- --frames 1000000 --seed 1`. Ends with 1, the seed and the smallest case where
 * something is wrong.
 */
const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('must be a whole number');
  return value;
};
const { frames: wanted, seed } = new Command('fuzz:frames')
  .option('--frames <count>', 'how many frames', whole, 1_000_000)
  .option('--seed <number>', 'what is drawn', whole, 1)
  .parse()
  .opts<{ frames: number; seed: number }>();

const RUNS_A_BATCH = 200;

const progress = new Progress();
const recordings = await recordSession();
let frames = 0;
let runs = 0;
let fault: string | null = null;
for (let batch = 0; frames < wanted && fault === null; batch++) {
  fault = engineFaults({
    seed: (seed * 1_000_003 + batch) & 0x7fffffff,
    runs: RUNS_A_BATCH,
    recordings,
    onRun: (more) => {
      frames += more;
      runs++;
    },
  });
  progress.show('engine', Math.min(1, frames / wanted), `${frames} of ${wanted} frames`);
}
progress.clear();
const load = `load average ${loadavg()[0]!.toFixed(1)}`;
process.stdout.write(
  `engine: ${frames} frames in ${runs} runs, seed ${seed}, ${fault === null ? 'nothing' : 'something'} wrong, ${load}\n`,
);
if (fault !== null) {
  process.stdout.write(`${fault}\n`);
  process.exitCode = 1;
}
