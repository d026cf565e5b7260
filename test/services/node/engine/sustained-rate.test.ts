import { describe, expect, test } from 'vitest';
import { seededRng } from '../../../../core/random/rng.ts';
import { VirtualClock } from '../../../../core/time/virtual-clock.ts';
import { Engine } from '../../../../services/node/engine/engine.ts';
import { limitsOf, limitsSchema } from '../../../../services/node/engine/limits.ts';
import { profileOf } from '../../../../services/node/engine/profiles.ts';
import { noiseSchema } from '../../../../services/node/engine/step-noise.ts';
import { EMPTY_BATCH, stepTimeOf } from '../../../../services/node/engine/step-time.ts';
import { type Lengths, sustainedRate } from '../../../../services/node/engine/sustained-rate.ts';
import { bundledTrace } from '../../../../workload/trace/io/bundled-trace.ts';

const trace = bundledTrace('azure-llm-2023-conversation');
const conversation: readonly Lengths[] = Array.from(trace.promptTokens, (promptTokens, row) => ({
  promptTokens,
  outputTokens: Math.min(512, trace.outputTokens[row]!),
}));
const drawnBetween = (prompts: [number, number], answers: [number, number], seed: number): readonly Lengths[] => {
  const rng = seededRng(seed)('lengths');
  const between = ([low, high]: [number, number]): number => low + rng.below(high - low + 1);
  return Array.from({ length: 5000 }, () => ({ promptTokens: between(prompts), outputTokens: between(answers) }));
};

const estimated = (profile: string, lengths: readonly Lengths[], limits: Record<string, unknown>) => {
  const { step, kvTokens } = profileOf(profile);
  const parsed = limitsOf(limitsSchema.parse(limits), profileOf(profile));
  return sustainedRate({
    stepTime: stepTimeOf(step),
    limits: parsed,
    kvTokens: parsed.kvTokens ?? kvTokens,
    lengths,
    rng: seededRng(1)('rehearsal'),
  });
};

/** What an engine really ends a second between its first and its last requests, when all come at once. */
const served = (profile: string, lengths: readonly Lengths[], limits: Record<string, unknown>): number => {
  const clock = new VirtualClock();
  const engine = new Engine({
    name: 'busy',
    profile: profileOf(profile),
    limits: limitsSchema.parse({ ...limits, maxWaiting: 10_000 }),
    noise: noiseSchema.parse({}),
    ingestMs: 0,
    clock,
    rng: seededRng(2)('node/busy'),
  });
  const order = seededRng(3)('order');
  const endedAtMs: number[] = [];
  for (let id = 0; id < 5000; id++) {
    const one = lengths[order.below(lengths.length)]!;
    const request = { id, ...one, maxOutputTokens: one.outputTokens };
    engine.submit(request, { onScheduled: () => {}, onTokens: () => {}, onEnd: (_, atMs) => endedAtMs.push(atMs) });
  }
  clock.runUntil(Number.POSITIVE_INFINITY);
  endedAtMs.sort((a, b) => a - b);
  return 2500 / ((endedAtMs[4000]! - endedAtMs[1500]!) / 1000);
};

describe('the rate that an engine sustains', () => {
  test.each([
    ['h100-llama8b', conversation, {}, 'kv-cache'],
    ['h100-llama8b', conversation, { maxNumSeqs: 256 }, 'sequences'],
    ['h100-llama8b', conversation, { maxNumSeqs: 32 }, 'sequences'],
    ['b200-llama8b', conversation, { maxNumBatchedTokens: 512 }, 'step-tokens'],
    ['rtx4090-llama8b', conversation, {}, 'kv-cache'],
    ['tpu-v6e-llama8b', drawnBetween([50, 400], [100, 500], 4), {}, 'kv-cache'],
    ['a100-llama8b', drawnBetween([2000, 6000], [20, 80], 5), {}, 'step-tokens'],
    ['l40s-llama8b', drawnBetween([10, 60], [1, 40], 6), { asyncScheduling: false }, 'sequences'],
  ] as const)('is that of a real engine which is never idle: %s, case %#', (profile, lengths, limits, boundBy) => {
    const estimate = estimated(profile, lengths, limits);
    const real = served(profile, lengths, limits);
    expect(Math.abs(estimate.requestsPerS / real - 1)).toBeLessThan(0.06);
    expect(estimate.boundBy).toBe(boundBy);
  });

  test('falls with longer answers and with fewer places', () => {
    const rate = (answer: number, maxNumSeqs: number) =>
      estimated('h100-llama8b', drawnBetween([100, 200], [answer, answer + 20], 7), { maxNumSeqs }).requestsPerS;
    expect(rate(400, 128)).toBeLessThan(rate(100, 128) / 3);
    expect(rate(100, 16)).toBeLessThan(rate(100, 64) / 2);
  });

  test('of a single request at a time is one over its steps', () => {
    const { step } = profileOf('h100-llama8b');
    const { requestsPerS, sequences } = estimated('h100-llama8b', [{ promptTokens: 1, outputTokens: 100 }], {
      maxNumSeqs: 1,
      asyncScheduling: false,
    });
    const stepMs = stepTimeOf(step)({ ...EMPTY_BATCH, tokens: 1, contextTokens: 50, sequences: 1 });
    expect(sequences).toBe(1);
    expect(requestsPerS).toBeCloseTo(1000 / (100 * stepMs), 2);
  });

  test.each([
    ['answers of a million tokens', { promptTokens: 10, outputTokens: 1_000_000 }, { kvTokens: 1e9 }],
    ['prompts of a million tokens', { promptTokens: 1_000_000, outputTokens: 2 }, { kvTokens: 1e9 }],
    ['one token a step', { promptTokens: 50, outputTokens: 5 }, { maxNumBatchedTokens: 1 }],
    ['a cache for one', { promptTokens: 100, outputTokens: 28 }, { kvTokens: 128 }],
  ])('is a number above 0 for %s', (_, one, limits) => {
    const { requestsPerS, sequences } = estimated('h100-llama8b', [one], limits);
    expect(requestsPerS).toBeGreaterThan(0);
    expect(requestsPerS).toBeLessThan(1000);
    expect(sequences).toBeGreaterThan(0);
  });
});
