import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { profileOf } from '../../../../services/node/engine/profiles.ts';
import { EMPTY_BATCH, stepTimeOf } from '../../../../services/node/engine/step-time.ts';

const rtx4090 = profileOf('rtx4090-llama8b').step;
const batch = EMPTY_BATCH;

describe('the time of a step', () => {
  test('of one decode is the sum of base, weights, context and sequence', () => {
    const stepMs = stepTimeOf(rtx4090)({
      ...batch,
      tokens: 1,
      contextTokens: 1000,
      longestContext: 1000,
      sequences: 1,
    });
    expect(stepMs).toBeCloseTo(1.48 + (15.3 + 0.0322) + 0.153 + 0.0102, 9);
  });

  test('of a full prefill is limited by arithmetic, not by the weights', () => {
    const prefill = {
      ...batch,
      tokens: 2048,
      attentionPairs: 2048 * 1024,
      sequences: 1,
      prefills: 1,
      longestChunk: 2048,
    };
    const attentionMs = (2048 * 1024 * 3.72) / 1e6;
    expect(stepTimeOf(rtx4090)(prefill)).toBeCloseTo(1.48 + (5.68 + 2048 * 0.0876) + attentionMs + 0.0102, 9);
  });

  test('beside a prefill reads each context more often, and starts tiles for the longest chunk for every decode', () => {
    const decodes = { ...batch, tokens: 30, sequences: 30, contextTokens: 30_000, longestContext: 1000 };
    const prefill = { ...batch, tokens: 500, attentionPairs: 500 * 250, sequences: 1, prefills: 1, longestChunk: 500 };
    const both = { ...decodes, tokens: 530, attentionPairs: 500 * 250, sequences: 31, prefills: 1, longestChunk: 500 };
    const stepTime = stepTimeOf(rtx4090);
    const attentionMs = 30 * (0.265 + 0.031 + (500 * 48.2) / 1e6);
    const linearMs = 30 * 0.0876;
    expect(stepTime(both) - stepTime(prefill)).toBeCloseTo(attentionMs + linearMs + 30 * 0.0102, 9);
    expect(stepTime(both)).toBeGreaterThan(stepTime(prefill) + 30 * (0.153 + 0.0102) + linearMs);
  });

  test('grows by a share of what shorter contexts would take if they were as long as the longest', () => {
    const step = { ...rtx4090, contextSkew: 0.05 };
    const even = { ...batch, tokens: 10, sequences: 10, contextTokens: 10_000, longestContext: 1000 };
    const uneven = { ...even, longestContext: 4000 };
    expect(stepTimeOf(step)(even)).toBe(stepTimeOf(rtx4090)(even));
    expect(stepTimeOf(step)(uneven) - stepTimeOf(step)(even)).toBeCloseTo(0.05 * 30 * 0.153, 9);
  });

  test('with experts reads those that are hit: all of them for many tokens, those of one token for one', () => {
    const experts = { total: 128, local: 64, perToken: 8, readMs: 0.3, tokenUs: 3 };
    const moe = stepTimeOf({ ...rtx4090, experts });
    const extraMs = (groupTokens: number) =>
      moe({ ...batch, groupTokens }) - stepTimeOf(rtx4090)({ ...batch, groupTokens });
    expect(extraMs(1)).toBeCloseTo(4 * 0.3 + 0.003, 9); // 8 of 128 experts, half of them here
    expect(extraMs(1000)).toBeCloseTo(64 * 0.3 + 3, 6);
    expect(extraMs(0)).toBe(0);
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
        longestContext: decodes === 0 ? 0 : contextTokens,
        tokens: decodes + prefills * chunk,
        groupTokens: decodes + prefills * chunk,
        contextTokens: decodes === 0 ? 0 : contextTokens,
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
          longestContext: Math.max(a.longestContext, b.longestContext),
          longestChunk: Math.max(a.longestChunk, b.longestChunk),
        };
        expect(stepTime(sum)).toBeGreaterThanOrEqual(stepTime(a));
      }),
    );
  });
});
