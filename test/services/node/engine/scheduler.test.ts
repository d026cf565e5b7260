import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blocksOf } from '../../../../services/node/engine/kv-cache.ts';
import { limitsOf, limitsSchema } from '../../../../services/node/engine/limits.ts';
import { prefixHashes } from '../../../../services/node/engine/prefix.ts';
import { profileOf } from '../../../../services/node/engine/profiles.ts';
import { Scheduler } from '../../../../services/node/engine/scheduler.ts';
import { newSequence, type Sequence, uncomputedTokens } from '../../../../services/node/engine/sequence.ts';

interface Setup {
  readonly tokens?: number;
  readonly seqs?: number;
  readonly kvTokens?: number;
  readonly order?: string;
  readonly ahead?: boolean;
}

const schedulerOf = ({ tokens = 2048, seqs = 256, kvTokens = 16_000, order = 'arrival', ahead = false }: Setup = {}) =>
  new Scheduler<Sequence>(
    limitsOf(
      limitsSchema.parse({ maxNumBatchedTokens: tokens, maxNumSeqs: seqs, order, asyncScheduling: ahead }),
      profileOf('h100-llama8b'),
    ),
    kvTokens,
  );

const sequence = (id: number, promptTokens: number, outputTokens: number, more: object = {}): Sequence =>
  newSequence({ id, promptTokens, outputTokens, ...more });

const computed = (sequences: readonly Sequence[]): number[] => sequences.map((one) => one.computed);

describe('a step', () => {
  test('gives decodes their token first, then cuts prompts to the rest of the budget', () => {
    const scheduler = schedulerOf({ tokens: 100 });
    const [decoding, long, next] = [sequence(1, 50, 10), sequence(2, 150, 10), sequence(3, 60, 10)];
    scheduler.add(decoding);
    scheduler.begin();
    scheduler.commit();
    scheduler.add(long);
    scheduler.add(next);
    expect({ ...scheduler.begin() }).toEqual({
      tokens: 100,
      contextTokens: 51,
      longestContext: 51,
      attentionPairs: 99 * 49.5,
      sequences: 2,
      prefills: 1,
      longestChunk: 99,
      groupTokens: 100,
    });
    scheduler.commit();
    scheduler.begin();
    expect(computed([decoding, long, next])).toEqual([52, 150, 48]);
    expect(scheduler.commit()).toEqual([decoding, long]);
  });

  test('emits the first token with the last chunk of the prompt, then one in each step', () => {
    const scheduler = schedulerOf({ tokens: 100 });
    const one = sequence(1, 250, 3);
    scheduler.add(one);
    const delivered: number[] = [];
    for (let step = 0; step < 5; step++) {
      scheduler.begin();
      scheduler.commit();
      delivered.push(one.delivered);
    }
    expect(delivered).toEqual([0, 0, 1, 2, 3]);
    expect(scheduler.begin()).toBeNull();
    expect(scheduler.cache.usage).toBe(0);
  });

  test('admits at most the allowed number of sequences, and none after the first that does not fit', () => {
    const few = schedulerOf({ seqs: 2 });
    for (const id of [1, 2, 3]) few.add(sequence(id, 10, 5));
    few.begin();
    expect([few.running.length, few.waitingCount]).toEqual([2, 1]);

    const full = schedulerOf({ kvTokens: 160 });
    full.add(sequence(1, 100, 5));
    full.add(sequence(2, 100, 5));
    full.add(sequence(3, 10, 5));
    full.begin();
    expect(full.running.map(({ id }) => id)).toEqual([1]);
  });

  test('without a free block preempts the last running sequence, which waits at the front and computes all again', () => {
    const scheduler = schedulerOf({ kvTokens: 4 * 16 });
    const [first, last, later] = [sequence(1, 32, 20), sequence(2, 31, 20), sequence(3, 16, 20)];
    scheduler.add(first);
    scheduler.add(last);
    scheduler.begin();
    scheduler.commit();
    scheduler.add(later);
    scheduler.begin(); // the first needs a third block
    expect(scheduler.running).toEqual([first]);
    expect(scheduler.firstWaiting()).toBe(last);
    expect([blocksOf(last), last.computed, last.delivered, uncomputedTokens(last)]).toEqual([0, 0, 1, 32]);
    expect([scheduler.preemptions, scheduler.pendingPromptTokens()]).toEqual([1, 32 + 16]);
  });
});

describe('a step that is planned ahead', () => {
  test('assumes the tokens of the open step; a sequence that arrives meanwhile is in the step after it', () => {
    const scheduler = schedulerOf({ ahead: true });
    const [early, late] = [sequence(1, 50, 10), sequence(2, 60, 10)];
    scheduler.add(early);
    expect({ ...scheduler.begin() }).toMatchObject({ tokens: 50 });
    scheduler.add(late);
    expect(scheduler.commit()).toEqual([early]);
    expect({ ...scheduler.begin() }).toMatchObject({ tokens: 1, contextTokens: 51 });
    expect(scheduler.started).toEqual([]);
    expect(scheduler.commit()).toEqual([early]);
    expect({ ...scheduler.begin() }).toMatchObject({ tokens: 61, contextTokens: 52 });
    expect(scheduler.started).toEqual([late]);
  });

  test('gives a sequence no token after its last, and keeps its blocks until its step has ended', () => {
    const scheduler = schedulerOf({ ahead: true });
    const one = sequence(1, 50, 2);
    scheduler.add(one);
    scheduler.begin();
    scheduler.commit();
    scheduler.begin();
    expect(scheduler.cache.usage).toBeGreaterThan(0);
    expect(scheduler.commit()).toEqual([one]);
    expect([one.delivered, one.place, scheduler.cache.usage]).toEqual([2, 'outside', 0]);
    expect(scheduler.begin()).toBeNull();
  });

  test('takes the blocks of a sequence whose last token is in the open step, if it needs them', () => {
    const scheduler = schedulerOf({ ahead: true, kvTokens: 48 });
    const [growing, ending] = [sequence(1, 31, 9), sequence(2, 15, 2)];
    scheduler.add(growing);
    scheduler.add(ending);
    const delivered: Sequence[] = [];
    for (let step = 0; step < 12; step++) {
      scheduler.begin();
      if (step === 1) expect(ending.place).toBe('leaving');
      delivered.push(...scheduler.commit());
    }
    expect(delivered.filter((one) => one === growing)).toHaveLength(9);
    expect(delivered.filter((one) => one === ending)).toHaveLength(2);
    expect(scheduler.cache.usage).toBe(0);
  });
});

describe('a scheduler by priority', () => {
  test('admits the lowest value first, and for equal values the first that arrived', () => {
    const scheduler = schedulerOf({ order: 'priority', seqs: 3 });
    const all = [5, 1, 5, 1].map((priority, id) => sequence(id, 10, 5, { priority }));
    for (const one of all) scheduler.add(one);
    scheduler.begin();
    expect(scheduler.running.map(({ id }) => id)).toEqual([1, 3, 0]);
  });

  test('preempts the highest value, even if it already got its tokens of this step', () => {
    const scheduler = schedulerOf({ order: 'priority', kvTokens: 4 * 16 });
    const [lowPriority, highPriority] = [sequence(1, 20, 40, { priority: 9 }), sequence(2, 31, 20, { priority: 1 })];
    scheduler.add(lowPriority);
    scheduler.begin();
    scheduler.commit();
    scheduler.add(highPriority);
    scheduler.begin();
    scheduler.commit();
    const batch = scheduler.begin(); // 32 tokens of high priority fill two blocks; low priority holds the other two
    expect([batch?.sequences, scheduler.preemptions]).toEqual([2, 0]);
    scheduler.commit();
    expect({ ...scheduler.begin() }).toMatchObject({ tokens: 1, sequences: 1 });
    expect([scheduler.preemptions, scheduler.firstWaiting(), lowPriority.chunk]).toEqual([1, lowPriority, 0]);
  });

  test('gives the freed tokens to the others in the same step', () => {
    const scheduler = schedulerOf({ order: 'priority', tokens: 3, kvTokens: 4 * 16 });
    const lowPriority = sequence(1, 17, 90, { priority: 9 });
    scheduler.add(lowPriority);
    while (lowPriority.delivered === 0) {
      scheduler.begin();
      scheduler.commit();
    }
    // The first one needs a second block while the other still computes its prompt, one token in each step.
    for (const one of [sequence(2, 14, 90), sequence(3, 16, 90)]) scheduler.add(one);
    let tokens: number | undefined;
    while (scheduler.preemptions === 0) {
      tokens = scheduler.begin()?.tokens;
      scheduler.commit();
    }
    expect([scheduler.firstWaiting(), tokens]).toEqual([lowPriority, 3]);
  });
});

describe('prompts with equal prefixes', () => {
  const shared = prefixHashes([{ key: 'system', tokens: 100 }], 1000);
  const asker = (id: number): Sequence => sequence(id, 150, 3, { prefix: shared });

  test('compute their common blocks once', () => {
    const scheduler = schedulerOf();
    scheduler.add(asker(1));
    expect(scheduler.begin()?.tokens).toBe(150);
    scheduler.commit();
    scheduler.add(asker(2));
    expect(scheduler.begin()?.tokens).toBe(1 + 150 - 96);
    expect(scheduler.prefixCache).toEqual({ queries: 300, hits: 96 });
    expect(scheduler.cache.blocks - scheduler.cache.freeBlocks).toBe(10 + 4);
  });

  test('find these blocks after the first has ended, until other sequences need the blocks', () => {
    const scheduler = schedulerOf({ kvTokens: 20 * 16 });
    const serve = (one: Sequence): void => {
      scheduler.add(one);
      while (scheduler.begin() !== null) scheduler.commit();
    };
    serve(asker(1));
    serve(asker(2));
    expect(scheduler.prefixCache.hits).toBe(96);
    serve(sequence(3, 316, 4));
    serve(asker(4));
    expect(scheduler.prefixCache.hits).toBe(96);
    expect(scheduler.cache.usage).toBe(0);
  });

  test('that are completely equal still compute their last token', () => {
    const scheduler = schedulerOf();
    const prefix = prefixHashes([{ key: 'all', tokens: 64 }], 1000);
    for (const id of [1, 2]) scheduler.add(sequence(id, 64, 1, { prefix }));
    expect(scheduler.begin()?.tokens).toBe(64 + 16);
  });
});

const stateOf = ({ id, computed, emitted, published }: Sequence): number[] => [id, computed, emitted, published];

const anySequence = fc.record({
  prompt: fc.integer({ min: 1, max: 300 }),
  output: fc.integer({ min: 1, max: 60 }),
  priority: fc.nat({ max: 2 }),
  text: fc.nat({ max: 3 }),
  arrivesAtStep: fc.nat({ max: 30 }),
  leavesAtStep: fc.option(fc.nat({ max: 60 })),
});

describe('with any sequences', () => {
  test('blocks add up, no step exceeds its limits, and every sequence is served in the end', () => {
    const anyLimits = fc.record({
      tokens: fc.integer({ min: 1, max: 200 }),
      seqs: fc.integer({ min: 1, max: 8 }),
      kvTokens: fc.integer({ min: 23 * 16, max: 1200 }), // the longest fits
      order: fc.constantFrom('arrival', 'priority'),
      ahead: fc.boolean(),
    });
    fc.assert(
      fc.property(anyLimits, fc.array(anySequence, { minLength: 1, maxLength: 20 }), (limits, plans) => {
        const scheduler = schedulerOf(limits);
        const all = plans.map((plan, id) => {
          const prefix = prefixHashes([{ key: `text ${plan.text}`, tokens: 200 }], plan.prompt);
          return {
            plan,
            one: sequence(id, plan.prompt, plan.output, { prefix, priority: plan.priority }),
            delivered: 0,
          };
        });
        for (let step = 0; step <= 30 || scheduler.running.length + scheduler.waitingCount > 0; step++) {
          if (step > 100_000) throw new Error('a sequence is never served');
          for (const { plan, one } of all) {
            if (plan.arrivesAtStep === step) scheduler.add(one);
          }
          const batch = scheduler.begin();
          for (const { plan, one } of all) {
            if (plan.leavesAtStep === step) scheduler.remove(one); // in the middle of the step
          }
          expect(batch?.tokens ?? 0).toBeLessThanOrEqual(limits.tokens);
          expect(scheduler.running.length).toBeLessThanOrEqual(limits.seqs);
          const held = new Set(all.flatMap(({ one }) => one.table));
          const own = all.reduce((sum, { one }) => sum + one.ownBlocks, 0);
          expect(held.size + own + scheduler.cache.freeBlocks).toBe(scheduler.cache.blocks);
          for (const one of scheduler.running) {
            expect(blocksOf(one) * 16).toBeGreaterThanOrEqual(one.computed);
            expect(new Set(one.table).size).toBe(one.table.length);
          }
          const pending = all
            .filter(({ one }) => one.place === 'waiting' || (one.place === 'running' && uncomputedTokens(one) > 1))
            .reduce((sum, { one }) => sum + uncomputedTokens(one), 0);
          expect(scheduler.pendingPromptTokens()).toBe(pending);
          for (const one of scheduler.commit()) all[one.id]!.delivered++;
        }
        expect(scheduler.cache.usage).toBe(0);
        for (const { plan, delivered } of all) {
          if (plan.leavesAtStep === null) expect(delivered).toBe(plan.output);
          else expect(delivered).toBeLessThanOrEqual(plan.output);
        }
      }),
      { numRuns: 200 },
    );
  });

  // A copy knows nothing of the step before, so it plans each one anew.
  test('a step is the same whether or not all decode as in the one before', () => {
    fc.assert(
      fc.property(fc.array(anySequence, { minLength: 1, maxLength: 8 }), fc.boolean(), (plans, ahead) => {
        const scheduler = schedulerOf({ kvTokens: 700, seqs: 6, tokens: 100, ahead });
        const all = plans.map((plan, id) => {
          const prefix = prefixHashes([{ key: `text ${plan.text}`, tokens: 200 }], plan.prompt + plan.output);
          return { plan, one: sequence(id, plan.prompt, plan.output, { prefix }) };
        });
        for (let step = 0; step < 90; step++) {
          for (const { plan, one } of all) if (plan.arrivesAtStep === step) scheduler.add(one);
          const anew = scheduler.copy();
          expect({ ...scheduler.begin() }).toEqual({ ...anew.begin() });
          expect(scheduler.running.map(stateOf)).toEqual(anew.running.map(stateOf));
          expect(scheduler.cache.freeBlocks).toBe(anew.cache.freeBlocks);
          for (const { plan, one } of all) if (plan.leavesAtStep === step) scheduler.remove(one);
          scheduler.commit();
        }
      }),
      { numRuns: 30 },
    );
  });

  test('a copy continues like its original', () => {
    fc.assert(
      fc.property(
        fc.array(anySequence, { minLength: 1, maxLength: 12 }),
        fc.nat({ max: 40 }),
        (plans, copiedAtStep) => {
          const original = schedulerOf({ kvTokens: 600, seqs: 6, tokens: 100, ahead: true });
          plans.forEach((plan, id) => {
            const prefix = prefixHashes([{ key: `text ${plan.text}`, tokens: 200 }], plan.prompt);
            original.add(sequence(id, plan.prompt, plan.output, { prefix }));
          });
          const walked = (scheduler: Scheduler<Sequence>, steps: number): unknown[] =>
            Array.from({ length: steps }, () => [{ ...scheduler.begin() }, scheduler.commit().map(({ id }) => id)]);
          walked(original, copiedAtStep);
          original.begin();
          const copy = original.copy();
          expect(copy.commit().map(({ id }) => id)).toEqual(original.commit().map(({ id }) => id));
          expect(walked(copy, 30)).toEqual(walked(original, 30));
        },
      ),
      { numRuns: 100 },
    );
  });
});
