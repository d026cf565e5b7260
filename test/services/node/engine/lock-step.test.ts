import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withDataParallel } from '../../../../services/node/engine/data-parallel.ts';
import { limitsOf, limitsSchema } from '../../../../services/node/engine/limits.ts';
import { LockStep } from '../../../../services/node/engine/lock-step.ts';
import { profileOf } from '../../../../services/node/engine/profiles.ts';
import { leastLoaded } from '../../../../services/node/engine/replicas.ts';
import type { EngineEnd } from '../../../../services/node/engine/request.ts';
import { Scheduler } from '../../../../services/node/engine/scheduler.ts';
import { newSequence, type Sequence } from '../../../../services/node/engine/sequence.ts';
import { EMPTY_BATCH, lockStepTime, stepTimeOf } from '../../../../services/node/engine/step-time.ts';
import { anyLoad, methodsOf, Recorder, request, setUp } from './engine-under-test.ts';

const profile = profileOf('rtxpro6000-qwen3-30b-a3b-dp2');

const groupOf = (count: number, limits: object = {}) => {
  const parsed = limitsOf(limitsSchema.parse({ maxNumSeqs: 4, asyncScheduling: false, ...limits }), profile);
  const replicas = Array.from({ length: count }, () => new Scheduler<Sequence>(parsed, 4096));
  return { replicas, group: new LockStep<Sequence>(replicas) };
};

const sequence = (id: number, promptTokens: number, outputTokens: number): Sequence =>
  newSequence({ id, promptTokens, outputTokens });

describe('replicas in lock step', () => {
  test('get requests by the least of four times the waiting plus the running, the first of equals', () => {
    const { group, replicas } = groupOf(2);
    const placeOf = (id: number): number => {
      const added = sequence(id, 10, 100);
      group.add(added);
      return added.replica;
    };
    expect([placeOf(1), placeOf(2), placeOf(3)]).toEqual([0, 1, 0]);
    group.begin(); // two run on the first, one on the second
    group.commit();
    expect([placeOf(4), placeOf(5), placeOf(6)]).toEqual([1, 0, 1]);
    expect(replicas.map(({ runningCount }) => runningCount)).toEqual([2, 1]);
    expect([group.runningCount, group.waitingCount]).toEqual([3, 3]);
  });

  test('prefer three running requests to one that waits, but not four', () => {
    const waits = { waitingCount: 1, runningCount: 0 };
    expect(leastLoaded([waits, { waitingCount: 0, runningCount: 3 }])).toBe(1);
    expect(leastLoaded([waits, { waitingCount: 0, runningCount: 4 }])).toBe(0);
  });

  test('compute one batch together, and each counts the tokens of all', () => {
    const { group } = groupOf(2);
    for (const prompt of [30, 50, 20]) group.add(sequence(prompt, prompt, 5));
    const batch = group.begin()!;
    expect(batch).toMatchObject({ tokens: 100, sequences: 3, prefills: 3, longestChunk: 50, groupTokens: 100 });
    expect(batch.replicas!.map(({ tokens, groupTokens }) => [tokens, groupTokens])).toEqual([
      [50, 100],
      [50, 100],
    ]);
    expect(group.promptTokens).toBe(100);
    expect(group.commit()).toHaveLength(3);
  });

  test('go on while one of them has nothing to do, and stop when none has', () => {
    const { group } = groupOf(2);
    group.add(sequence(1, 10, 2));
    for (const emitted of [1, 1]) {
      expect(group.begin()!.replicas![1]).toMatchObject({ sequences: 0, tokens: 0 });
      expect(group.commit()).toHaveLength(emitted);
    }
    expect(group.begin()).toBeNull();
    expect(group.commit()).toEqual([]);
  });

  test('wait for the slowest of them', () => {
    const light = {
      ...EMPTY_BATCH,
      tokens: 1,
      sequences: 1,
      contextTokens: 100,
      longestContext: 100,
      groupTokens: 1001,
    };
    const heavy = { ...EMPTY_BATCH, tokens: 1000, sequences: 1, prefills: 1, longestChunk: 1000, groupTokens: 1001 };
    const alone = stepTimeOf(profile.step);
    const together = lockStepTime(alone);
    expect(alone(heavy)).toBeGreaterThan(alone(light));
    expect(together({ ...EMPTY_BATCH, replicas: [light, heavy] })).toBe(alone(heavy));
    expect(together({ ...EMPTY_BATCH, replicas: [heavy, light] })).toBe(alone(heavy));
    expect(together(heavy)).toBe(alone(heavy));
  });

  test('of one are the scheduler alone', () => {
    const anyRequest = fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 30 }));
    fc.assert(
      fc.property(fc.array(anyRequest, { minLength: 1, maxLength: 12 }), fc.boolean(), (asked, asyncScheduling) => {
        const { group } = groupOf(1, { asyncScheduling, maxNumBatchedTokens: 64 });
        const [alone] = groupOf(1, { asyncScheduling, maxNumBatchedTokens: 64 }).replicas as [Scheduler<Sequence>];
        for (const [index, [prompt, output]] of asked.entries()) {
          group.add(sequence(index, prompt, output));
          alone.add(sequence(index, prompt, output));
        }
        for (let other = alone.begin(); other !== null; other = alone.begin()) {
          expect(group.begin()!.replicas![0]).toEqual(other);
          expect(group.commit().map(({ id }) => id)).toEqual(alone.commit().map(({ id }) => id));
        }
        expect(group.begin()).toBeNull();
      }),
    );
  });
});

describe('an engine of two replicas', () => {
  test.each([
    ['in lock step', profile],
    ['each for itself', withDataParallel(profileOf('h100-llama8b'), 2, 'dp')],
  ])('%s answers every request once, whatever comes, and holds no block afterwards', (_, pair) => {
    fc.assert(
      fc.property(anyLoad, fc.boolean(), (load, asyncScheduling) => {
        const limits = { maxNumSeqs: 3, kvTokens: 1200, asyncScheduling };
        const { clock, engine } = setUp({ limits, more: { profile: pair } });
        const recorders = load.map(({ atMs, prompt, output, cancelAfterMs, deadlineAfterMs }, id) => {
          const recorder = new Recorder();
          const deadlineAtMs = deadlineAfterMs === null ? undefined : atMs + deadlineAfterMs;
          clock.at(atMs, () => engine.submit(request(id, prompt, output, deadlineAtMs), recorder));
          if (cancelAfterMs !== null) clock.at(atMs + cancelAfterMs, () => engine.cancel(id));
          return recorder;
        });
        clock.runUntil(Number.POSITIVE_INFINITY);
        for (const [index, { ends, tokens }] of recorders.entries()) {
          expect(ends).toHaveLength(1);
          if (ends[0] === 'answered') expect(tokens).toBe(load[index]!.output);
        }
        expect(engine.report(1e9)).toMatchObject({ running: 0, waiting: 0, kvUsage: 0, pendingPromptTokens: 0 });
      }),
      { numRuns: 50 },
    );
  });

  test('serves twice the sequences of one at nearly the same pace, for it reads its half of the experts anyway', () => {
    const finishedAtMs = (replicas: number): number => {
      const { clock, engine } = setUp({ limits: { maxNumSeqs: 64 }, more: { profile: { ...profile, replicas } } });
      let lastMs = 0;
      const listener = { ...methodsOf(new Recorder()), onEnd: (_: EngineEnd, atMs: number) => (lastMs = atMs) };
      for (let id = 0; id < 64 * replicas; id++) engine.submit(request(id, 100, 200), listener);
      clock.runUntil(Number.POSITIVE_INFINITY);
      return lastMs;
    };
    expect(finishedAtMs(2) / finishedAtMs(1)).toBeLessThan(1.15);
  });
});
