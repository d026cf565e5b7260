import { loadavg } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { Progress } from '../../../../core/process/io/progress.ts';
import { engineFaults } from './fuzz-engine.ts';
import { liveClientFaults } from './live-clients.ts';
import { liveNodeFaults } from './live-nodes.ts';
import { recordSession } from './recordings.ts';

/**
 * Gives the frame engine frames until it has had that many: of peers that keep every rule, of peers that break one now and then, and of
 * recordings that were twisted. Then clients do so on sockets, through `FrameProxy` and beside `Http2Proxy`, and nodes behind it.
 * `npm run fuzz:frames -- --frames 1000000 --live-sessions 1000 --seed 1`. Ends with 1, the seed and the smallest case where
 * something is wrong.
 */
const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('must be a whole number');
  return value;
};
const {
  frames: wanted,
  liveSessions,
  seed,
} = new Command('fuzz:frames')
  .option('--frames <count>', 'how many frames', whole, 1_000_000)
  .option('--live-sessions <count>', 'how many clients on sockets, and how many nodes', whole, 1000)
  .option('--seed <number>', 'what is drawn', whole, 1)
  .parse()
  .opts<{ frames: number; liveSessions: number; seed: number }>();

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
const tell = (part: string, what: string): void => {
  progress.clear();
  const load = `load average ${loadavg()[0]!.toFixed(1)}`;
  process.stdout.write(`${part}: ${what}, seed ${seed}, ${fault === null ? 'nothing' : 'something'} wrong, ${load}\n`);
  if (fault === null) return;
  process.stdout.write(`${fault}\n`);
  process.exitCode = 1;
};
tell('engine', `${frames} frames in ${runs} runs`);

if (liveSessions > 0 && fault === null) {
  let liveFrames = 0;
  let sessions = 0;
  fault = await liveClientFaults({
    seed,
    runs: Math.ceil(liveSessions / 2),
    onRun: (more) => {
      liveFrames += more;
      sessions++;
      progress.show('live', Math.min(1, sessions / liveSessions), `${sessions} of ${liveSessions} clients`);
    },
  });
  tell('live', `${liveFrames} frames of ${sessions} clients`);
}

if (liveSessions > 0 && fault === null) {
  let nodeFrames = 0;
  let nodes = 0;
  fault = await liveNodeFaults({
    seed,
    runs: Math.ceil(liveSessions / 2),
    onRun: (more) => {
      nodeFrames += more;
      nodes++;
      progress.show('nodes', Math.min(1, nodes / liveSessions), `${nodes} of ${liveSessions} nodes`);
    },
  });
  tell('nodes', `${nodeFrames} frames of ${nodes} nodes`);
}
