import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { profileOf } from '../../../../services/node/engine/profiles.ts';
import { EMPTY_BATCH, stepTimeOf } from '../../../../services/node/engine/step-time.ts';

const rtx4090 = profileOf('rtx4090-llama8b').step;
const batch = EMPTY_BATCH;

describe('the time of a step', () => {
  test('of one decode is the sum of base, weights, context and sequence', () => {
    const stepMs = stepTimeOf(rtx4090)({ ...batch, tokens: 1, contextTokens: 1000, sequences: 1 });
    expect(stepMs).toBeCloseTo(2.0 + 15.3 + 0.159 + 0.01, 9);
  });

  test('of a full prefill is limited by arithmetic, not by the weights', () => {
    const stepMs = stepTimeOf(rtx4090)({ ...batch, tokens: 2048, attentionPairs: 2048 * 1024, sequences: 1 });
    expect(stepMs).toBeCloseTo(2.0 + (1.8 + 2048 * 0.0881) + (2048 * 1024 * 4.77) / 1e6 + 0.01, 9);
  });

  test('of a tensor-parallel device adds its collectives', () => {
    const parallel = stepTimeOf({ ...rtx4090, collectiveBaseMs: 1.5, collectiveTokenUs: 3 });
    const full = { ...batch, tokens: 2000, sequences: 2 };
    expect(parallel(full) - stepTimeOf(rtx4090)(full)).toBeCloseTo(1.5 + 6, 9);
  });

  test('agrees with the measured inter-token latency of an H100, 6.66 + 0.0758 B ms, at 350 tokens of context', () => {
    const stepTime = stepTimeOf(profileOf('h100-llama8b').step);
    for (const sequences of [1, 8, 64, 128]) {
      const stepMs = stepTime({ ...batch, tokens: sequences, contextTokens: sequences * 350, sequences });
      expect(Math.abs(stepMs / (6.66 + 0.0758 * sequences) - 1)).toBeLessThan(0.02);
    }
  });

  test('never falls when the batch grows', () => {
    const count = fc.nat({ max: 5000 });
    const anyBatch = fc
      .record({ decodes: count, contextTokens: count, prefills: fc.nat({ max: 9 }), chunk: fc.nat({ max: 900 }) })
      .map(({ decodes, contextTokens, prefills, chunk }) => ({
        tokens: decodes + prefills * chunk,
        groupTokens: decodes + prefills * chunk,
        contextTokens,
        attentionPairs: prefills * chunk * chunk,
        sequences: decodes + prefills,
        prefills,
        longestChunk: prefills === 0 ? 0 : chunk,
      }));
    const stepTime = stepTimeOf(profileOf('rtxpro6000-llama8b').step);
    fc.assert(
      fc.property(anyBatch, anyBatch, (a, b) => {
        const sum = {
          tokens: a.tokens + b.tokens,
          groupTokens: a.groupTokens + b.groupTokens,
          contextTokens: a.contextTokens + b.contextTokens,
          attentionPairs: a.attentionPairs + b.attentionPairs,
          sequences: a.sequences + b.sequences,
          prefills: a.prefills + b.prefills,
          longestChunk: Math.max(a.longestChunk, b.longestChunk),
        };
        expect(stepTime(sum)).toBeGreaterThanOrEqual(stepTime(a));
      }),
    );
  });
});
