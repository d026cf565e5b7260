import { describe, expect, test } from 'vitest';
import { newSequence, type Sequence } from '../../../../services/node/engine/sequence.ts';
import { StepPlan } from '../../../../services/node/engine/step-plan.ts';

/** A sequence with the given `computed` and `emitted` tokens. */
const sequence = (id: number, promptTokens: number, state: Partial<Sequence> = {}): Sequence => ({
  ...newSequence({ id, promptTokens, outputTokens: 10 }),
  ...state,
});

/** Closes the plan over the given sequences with the given tokens for each. */
const closed = (
  chunks: readonly (readonly [Sequence, number])[],
  plan = new StepPlan<Sequence>(),
): StepPlan<Sequence> => {
  for (const [one, chunk] of chunks) one.chunk = chunk;
  plan.close(
    chunks.map(([one]) => one),
    chunks.length,
  );
  return plan;
};

describe('the plan of a step', () => {
  test('adds up contexts of decodes and pairs of prefills; only prefills count as prompt tokens', () => {
    const decode = sequence(1, 50, { computed: 50, emitted: 1 });
    const [whole, second] = [sequence(2, 40), sequence(3, 300, { computed: 100 })];
    const plan = closed([
      [decode, 1],
      [whole, 40],
      [second, 20],
    ]);
    expect(plan.batch).toEqual({
      tokens: 61,
      contextTokens: 51,
      longestContext: 51,
      attentionPairs: 40 * 20 + 20 * 110,
      sequences: 3,
      prefills: 2,
      longestChunk: 40,
      groupTokens: 61,
    });
    expect(plan.promptTokens).toBe(60);
  });

  test('updates sequences to their state after the step, and gives a token to those with nothing left to compute', () => {
    const [decode, whole, cut] = [sequence(1, 50, { computed: 50, emitted: 1 }), sequence(2, 40), sequence(3, 300)];
    const plan = closed([
      [decode, 1],
      [whole, 40],
      [cut, 299],
    ]);
    expect(plan.emitting).toEqual([decode, whole]);
    expect([decode, whole, cut].map(({ computed, emitted, chunk }) => [computed, emitted, chunk])).toEqual([
      [51, 2, 0],
      [40, 1, 0],
      [299, 0, 0],
    ]);
  });

  test('leaves out sequences that lost their chunk, and those chosen for an earlier step', () => {
    const [kept, preempted, earlier] = [sequence(1, 40), sequence(2, 40), sequence(3, 40)];
    kept.chunk = earlier.chunk = 40;
    const plan = new StepPlan<Sequence>();
    plan.close([kept, preempted, earlier], 2);
    expect([plan.batch.tokens, plan.batch.sequences, plan.emitting]).toEqual([40, 1, [kept]]);
    expect([preempted.computed, earlier.computed]).toEqual([0, 0]);
  });

  test('is empty after it is cleared: a short step has nothing left of a longer one', () => {
    const plan = closed([
      [sequence(1, 40), 40],
      [sequence(2, 40), 40],
    ]);
    plan.started.push(sequence(1, 40));
    plan.clear();
    expect([plan.isEmpty, plan.started, plan.emitting, plan.promptTokens]).toEqual([true, [], [], 0]);
    const one = sequence(3, 7);
    closed([[one, 7]], plan);
    expect([plan.batch.tokens, plan.batch.sequences, plan.emitting]).toEqual([7, 1, [one]]);
  });

  test('has a copy over copied sequences, which stays valid when the original is cleared', () => {
    const [one, copied] = [sequence(1, 40), sequence(1, 40)];
    const plan = closed([[one, 40]]);
    plan.started.push(one);
    const batch = { ...plan.batch };
    const copy = plan.copy(() => copied);
    plan.clear();
    expect([copy.batch, copy.promptTokens]).toEqual([batch, 40]);
    expect(copy.emitting[0]).toBe(copied);
    expect(copy.started[0]).toBe(copied);
  });
});
