import fc from 'fast-check';
import { seededRng } from '../../../../core/random/rng.ts';
import { VirtualClock } from '../../../../core/time/virtual-clock.ts';
import { Engine, type EngineOptions } from '../../../../services/node/engine/engine.ts';
import { limitsSchema } from '../../../../services/node/engine/limits.ts';
import { profileOf } from '../../../../services/node/engine/profiles.ts';
import type { EngineEnd, EngineListener, EngineRequest } from '../../../../services/node/engine/request.ts';
import { noiseSchema, noNoise } from '../../../../services/node/engine/step-noise.ts';

interface Setup {
  readonly seed?: number;
  readonly noisy?: boolean;
  readonly ingestMs?: number;
  readonly limits?: Record<string, unknown>;
  readonly more?: Partial<EngineOptions>;
}

export const setUp = ({ seed = 1, noisy = false, ingestMs = 0, limits = {}, more = {} }: Setup = {}) => {
  const clock = new VirtualClock();
  const engine = new Engine({
    name: 'ashburn',
    profile: profileOf('h100-llama8b'),
    limits: limitsSchema.parse({ maxNumBatchedTokens: 2048, maxNumSeqs: 256, maxModelLen: 1e9, ...limits }),
    noise: noisy ? noiseSchema.parse({ stallProbability: 0.1 }) : noNoise,
    ingestMs,
    clock,
    rng: seededRng(seed)('node/ashburn'),
    ...more,
  });
  return { clock, engine };
};

/** Records the events of one request, in order. */
export class Recorder implements EngineListener {
  readonly lines: string[] = [];
  tokens = 0;
  ends: EngineEnd[] = [];
  onScheduled(atMs: number): void {
    this.lines.push(`scheduled ${atMs}`);
  }
  onTokens(count: number, atMs: number): void {
    this.tokens += count;
    this.lines.push(`tokens ${atMs}`);
  }
  onEnd(end: EngineEnd, atMs: number): void {
    this.ends.push(end);
    this.lines.push(`${end} ${atMs}`);
  }
}

export const request = (
  id: number,
  promptTokens: number,
  outputTokens: number,
  deadlineAtMs?: number,
): EngineRequest => ({
  id,
  promptTokens,
  outputTokens,
  maxOutputTokens: outputTokens,
  ...(deadlineAtMs === undefined ? {} : { deadlineAtMs }),
});

export const methodsOf = (recorder: Recorder): EngineListener => ({
  onScheduled: (atMs) => recorder.onScheduled(atMs),
  onTokens: (count, atMs) => recorder.onTokens(count, atMs),
  onEnd: (end, atMs) => recorder.onEnd(end, atMs),
});

export const anyLoad = fc.array(
  fc.record({
    atMs: fc.nat({ max: 2000 }),
    prompt: fc.integer({ min: 1, max: 500 }),
    output: fc.integer({ min: 1, max: 100 }),
    cancelAfterMs: fc.option(fc.nat({ max: 3000 })),
    deadlineAfterMs: fc.option(fc.nat({ max: 3000 })),
  }),
  { minLength: 1, maxLength: 40 },
);
