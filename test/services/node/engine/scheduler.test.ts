import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limitsSchema } from '../../../../services/node/engine/limits.ts';
import { Scheduler } from '../../../../services/node/engine/scheduler.ts';
import { isFinished, newSequence, type Sequence, uncomputedTokens } from '../../../../services/node/engine/sequence.ts';

const schedulerOf = ({ tokens = 2048, seqs = 256, kvTokens = 16_000 } = {}): Scheduler<Sequence> =>
  new Scheduler(limitsSchema.parse({ maxNumBatchedTokens: tokens, maxNumSeqs: seqs }), kvTokens);

const chunks = (sequences: readonly Sequence[]): number[] => sequences.map(({ chunk }) => chunk);

describe('a step', () => {
  test('gives decodes their token first, then cuts prompts to what is left of the budget', () => {
    const scheduler = schedulerOf({ tokens: 100 });
    const [decoding, long, next] = [newSequence(1, 50, 10), newSequence(2, 150, 10), newSequence(3, 60, 10)];
    scheduler.add(decoding);
    scheduler.plan();
    scheduler.commit();
    scheduler.add(long);
    scheduler.add(next);
    expect({ ...scheduler.plan() }).toEqual({
      tokens: 100,
      contextTokens: 51,
      attentionPairs: 99 * 49.5,
      sequences: 2,
    });
    scheduler.commit();
    scheduler.plan();
    expect(chunks([decoding, long, next])).toEqual([1, 51, 48]);
    expect(scheduler.commit()).toEqual([decoding, long]);
  });

  test('emits the first token with the last chunk of the prompt, then one a step', () => {
    const scheduler = schedulerOf({ tokens: 100 });
    const sequence = newSequence(1, 250, 3);
    scheduler.add(sequence);
    const emitted: number[] = [];
    for (let step = 0; step < 5; step++) {
      scheduler.plan();
      scheduler.commit();
      emitted.push(sequence.emitted);
    }
    expect(emitted).toEqual([0, 0, 1, 2, 3]);
    expect(scheduler.plan().tokens).toBe(0);
    expect(scheduler.cache.usage).toBe(0);
  });

  test('admits no more than the sequences it may run, and nobody past the first who does not fit', () => {
    const few = schedulerOf({ seqs: 2 });
    for (const id of [1, 2, 3]) few.add(newSequence(id, 10, 5));
    few.plan();
    expect([few.running.length, few.waitingCount]).toEqual([2, 1]);

    const full = schedulerOf({ kvTokens: 160 });
    full.add(newSequence(1, 100, 5));
    full.add(newSequence(2, 100, 5));
    full.add(newSequence(3, 10, 5));
    full.plan();
    expect(full.running.map(({ id }) => id)).toEqual([1]);
  });

  test('without a free block takes those of the last that runs, which waits in front and computes all again', () => {
    const scheduler = schedulerOf({ kvTokens: 4 * 16 });
    const [first, last, later] = [newSequence(1, 32, 20), newSequence(2, 31, 20), newSequence(3, 16, 20)];
    scheduler.add(first);
    scheduler.add(last);
    scheduler.plan();
    scheduler.commit();
    scheduler.add(later);
    scheduler.plan(); // the first needs a third block
    expect(scheduler.running).toEqual([first]);
    expect(scheduler.firstWaiting()).toBe(last);
    expect([last.blocks, last.computed, last.emitted, uncomputedTokens(last)]).toEqual([0, 0, 1, 32]);
    expect([scheduler.preemptions, scheduler.pendingPromptTokens()]).toEqual([1, 32 + 16]);
  });
});

const anySequence = fc.record({
  prompt: fc.integer({ min: 1, max: 300 }),
  output: fc.integer({ min: 1, max: 60 }),
  arrivesAtStep: fc.nat({ max: 30 }),
  leavesAtStep: fc.option(fc.nat({ max: 60 })),
});

describe('whatever comes', () => {
  test('blocks add up, no step is over its bounds, and everyone is served in the end', () => {
    const anyLimits = fc.record({
      tokens: fc.integer({ min: 1, max: 200 }),
      seqs: fc.integer({ min: 1, max: 8 }),
      kvTokens: fc.integer({ min: 23 * 16, max: 1200 }), // the longest fits,
    });
    fc.assert(
      fc.property(anyLimits, fc.array(anySequence, { minLength: 1, maxLength: 20 }), (limits, plans) => {
        const scheduler = schedulerOf(limits);
        const all = plans.map((plan, id) => ({ plan, sequence: newSequence(id, plan.prompt, plan.output) }));
        for (let step = 0; step <= 30 || scheduler.running.length + scheduler.waitingCount > 0; step++) {
          if (step > 100_000) throw new Error('somebody starves');
          for (const { plan, sequence } of all) {
            if (plan.arrivesAtStep === step) scheduler.add(sequence);
          }
          const batch = scheduler.plan();
          const computing = scheduler.running.filter(({ chunk }) => chunk > 0);
          expect(batch.sequences).toBe(computing.length);
          expect(batch.tokens).toBe(computing.reduce((sum, { chunk }) => sum + chunk, 0));
          for (const { plan, sequence } of all) {
            if (plan.leavesAtStep === step) scheduler.remove(sequence); // in the middle of the step
          }
          expect(batch.tokens).toBeLessThanOrEqual(limits.tokens);
          expect(scheduler.running.length).toBeLessThanOrEqual(limits.seqs);
          const held = all.reduce((sum, { sequence }) => sum + sequence.blocks, 0);
          expect(held + scheduler.cache.freeBlocks).toBe(scheduler.cache.blocks);
          for (const sequence of scheduler.running) {
            expect(sequence.blocks * 16).toBeGreaterThanOrEqual(sequence.computed + sequence.chunk);
          }
          const pending = all
            .filter(
              ({ sequence }) =>
                sequence.place === 'waiting' || (sequence.place === 'running' && uncomputedTokens(sequence) > 1),
            )
            .reduce((sum, { sequence }) => sum + uncomputedTokens(sequence), 0);
          expect(scheduler.pendingPromptTokens()).toBe(pending);
          scheduler.commit();
        }
        expect(scheduler.cache.usage).toBe(0);
        for (const { plan, sequence } of all) {
          if (plan.leavesAtStep === null) expect(isFinished(sequence)).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });
});
