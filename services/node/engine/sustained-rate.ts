import type { Rng } from '../../../core/random/rng.ts';
import type { Limits } from './limits.ts';
import { Scheduler } from './scheduler.ts';
import { newSequence, type Sequence } from './sequence.ts';
import type { StepTime } from './step-time.ts';

/** The lengths of one request, in tokens. */
export interface Lengths {
  readonly promptTokens: number;
  readonly outputTokens: number;
}

/** What an engine can serve for ever, and what keeps it from serving more. */
export interface SustainedRate {
  readonly requestsPerS: number;
  /** Sequences that run at the same time then, on average. */
  readonly sequences: number;
  readonly boundBy: 'sequences' | 'kv-cache' | 'step-tokens';
}

/**
 * The rate at which an engine that is never idle ends requests: its own scheduler with a queue that never empties, for some thousands
 * of steps without noise. `lengths` are those of requests that fit into the cache, at least one; they are drawn at random, and no
 * prompt begins like another. The engine starts in the middle of its work, so that no time is spent on getting there.
 */
export const sustainedRate = (options: {
  readonly stepTime: StepTime;
  readonly limits: Limits;
  readonly kvTokens: number;
  readonly lengths: readonly Lengths[];
  readonly rng: Rng;
}): SustainedRate => {
  const { stepTime, limits, kvTokens, lengths, rng } = options;
  const scheduler = new Scheduler<Sequence>(limits, kvTokens);
  let id = 0;
  const add = (one: Lengths): void => scheduler.add(newSequence({ id: id++, ...one }));
  const begun = runningAtOnce(lengths, limits, kvTokens);
  for (let index = 0; index < begun; index++) add(halfServed(lengths, rng));
  const queued = Math.min(limits.maxNumSeqs, limits.maxNumBatchedTokens);
  let [waitingToBegin, warmUp, steps, ms, tokens, running, usage] = [begun, WARM_UP_TOUCHES, 0, 0, 0, 0, 0];
  for (let left = MOST_TOUCHES; left > 0 && tokens < MOST_TOKENS; ) {
    while (scheduler.waitingCount < queued) add(lengths[rng.below(lengths.length)]!);
    const batch = scheduler.begin();
    if (batch === null) throw new Error('a request that does not fit into the cache');
    steps++;
    ms += stepTime(batch);
    running += scheduler.running.length;
    usage += scheduler.cache.usage;
    waitingToBegin -= scheduler.started.length;
    tokens += scheduler.commit().length;
    const touches = batch.sequences + TOUCHES_A_STEP;
    left -= touches;
    if (waitingToBegin > 0 || warmUp <= 0) continue;
    warmUp -= touches;
    if (warmUp <= 0) [steps, ms, tokens, running, usage] = [0, 0, 0, 0, 0];
  }
  const sequences = running / steps;
  return {
    requestsPerS: (1000 * tokens) / (ms * mean(lengths, ({ outputTokens }) => outputTokens)),
    sequences,
    boundBy: sequences > 0.97 * limits.maxNumSeqs ? 'sequences' : usage / steps > 0.8 ? 'kv-cache' : 'step-tokens',
  };
};

/** A bound on the work, in sequences looked at by steps: some tens of milliseconds. */
const MOST_TOUCHES = 1_200_000;
const WARM_UP_TOUCHES = 150_000;
const TOUCHES_A_STEP = 8;

/** Enough for an error below a percent. */
const MOST_TOKENS = 400_000;

/** How many sequences run at the same time, as far as it can be told without a schedule; 0 where to begin them is too much work. */
const runningAtOnce = (lengths: readonly Lengths[], limits: Limits, kvTokens: number): number => {
  const outputs = mean(lengths, ({ outputTokens }) => outputTokens);
  // A long answer holds the cache for longer: the mean over time weighs each request by its answer.
  const held = mean(lengths, ({ promptTokens, outputTokens }) => outputTokens * (promptTokens + outputTokens / 2));
  const tokens = mean(lengths, ({ promptTokens, outputTokens }) => promptTokens + outputTokens);
  const most = Math.min(
    limits.maxNumSeqs,
    (kvTokens * outputs) / held,
    (limits.maxNumBatchedTokens * outputs) / tokens,
  );
  const sequences = Math.max(1, Math.floor(most));
  const stepsToBegin = (sequences * tokens) / limits.maxNumBatchedTokens;
  return stepsToBegin * (sequences + TOUCHES_A_STEP) < MOST_TOUCHES / 2 ? sequences : 0;
};

/** A request as it is found in a busy engine: the longer its answer the more often, with a random part of the answer behind it. */
const halfServed = (lengths: readonly Lengths[], rng: Rng): Lengths => {
  const longest = lengths.reduce((most, { outputTokens }) => Math.max(most, outputTokens), 0);
  for (;;) {
    const { promptTokens, outputTokens } = lengths[rng.below(lengths.length)]!;
    if (rng.next() * longest >= outputTokens) continue;
    const done = rng.below(outputTokens);
    return { promptTokens: promptTokens + done, outputTokens: outputTokens - done };
  }
};

const mean = <T>(values: readonly T[], of: (value: T) => number): number =>
  values.reduce((sum, value) => sum + of(value), 0) / values.length;
