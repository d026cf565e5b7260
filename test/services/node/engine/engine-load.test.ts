import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyLoad, Recorder, request, setUp } from './engine-under-test.ts';

describe('extreme requests', () => {
  test('a prompt larger than the cache, no tokens, NaN tokens: each is refused with its reason', () => {
    const { engine } = setUp({ limits: { kvTokens: 16_000 } });
    const reasonOf = (...lengths: [number, number]): string | undefined => {
      const submission = engine.submit(request(1, ...lengths), new Recorder());
      return submission.kind === 'refused' ? submission.reason : undefined;
    };
    expect(reasonOf(16_001, 1)).toBe('too-long');
    expect(reasonOf(1e12, 1)).toBe('beyond-model');
    expect(reasonOf(1, 1e6)).toBe('too-long');
    expect(reasonOf(0, 1)).toBe('empty-prompt');
    expect(reasonOf(Number.NaN, 1)).toBe('empty-prompt');
    expect(reasonOf(1, 0)).toBe('bad-output-length');
    expect(reasonOf(1, Number.NaN)).toBe('bad-output-length');
  });

  test('a million output tokens are answered, and no block stays held', () => {
    const { clock, engine } = setUp({ limits: { kvTokens: 1_100_000 } });
    let [tokens, ends] = [0, 0];
    engine.submit(request(1, 10, 1e6), { onScheduled: () => {}, onTokens: () => tokens++, onEnd: () => ends++ });
    clock.runUntil(1e9);
    expect([tokens, ends, engine.report(1e9).kvUsage]).toEqual([1e6, 1, 0]);
  });

  test('ten thousand at once are served or refused with a hint, and the queue never exceeds its limit', () => {
    const { clock, engine } = setUp();
    const all = Array.from({ length: 10_000 }, () => new Recorder());
    const kinds = all.map((recorder, id) => engine.submit(request(id, 200, 3), recorder));
    const refused = kinds.filter((kind) => kind.kind === 'refused');
    expect(refused).toHaveLength(10_000 - 1024);
    expect(refused.every(({ retryAfterMs }) => retryAfterMs !== null && retryAfterMs >= 100)).toBe(true);
    clock.runUntil(1e6);
    expect(all.filter(({ ends }) => ends[0] === 'answered')).toHaveLength(1024);
  });

  test('when ten thousand waiting requests are cancelled, each ends once and all blocks are free', () => {
    const { clock, engine } = setUp({ limits: { maxWaiting: 10_000 } });
    const all = Array.from({ length: 10_000 }, () => new Recorder());
    all.forEach((recorder, id) => void engine.submit(request(id, 200, 500), recorder));
    clock.runUntil(50);
    for (let id = 9999; id >= 0; id -= 1) engine.cancel(id);
    expect(engine.report(50)).toMatchObject({ running: 0, waiting: 0, kvUsage: 0 });
    expect(all.every(({ ends }) => ends.length === 1 && ends[0] === 'cancelled')).toBe(true);
    clock.runUntil(10_000);
    expect(engine.report(10_000).pendingPromptTokens).toBe(0); // the step that was under way is over
    const recorder = new Recorder();
    engine.submit(request(1, 100, 2), recorder);
    clock.runUntil(20_000);
    expect(recorder.ends).toEqual(['answered']);
  });
});

type Load = typeof anyLoad extends fc.Arbitrary<infer T> ? T : never;

const play = (
  load: Load,
  seed: number,
): { readonly all: readonly Recorder[]; readonly refused: number; readonly log: string[] } => {
  const { clock, engine } = setUp({
    seed,
    noisy: true,
    ingestMs: 3,
    limits: { maxNumSeqs: 6, maxWaiting: 10, kvTokens: 1200 },
  });
  const all: Recorder[] = [];
  let refused = 0;
  load.forEach(({ atMs, prompt, output, cancelAfterMs, deadlineAfterMs }, id) => {
    clock.at(atMs, () => {
      const recorder = new Recorder();
      const deadline = deadlineAfterMs === null ? undefined : atMs + deadlineAfterMs;
      if (engine.submit(request(id, prompt, output, deadline), recorder).kind === 'refused') refused++;
      else all.push(recorder);
      if (cancelAfterMs !== null) clock.at(atMs + cancelAfterMs, () => engine.cancel(id));
    });
  });
  clock.runUntil(1e6);
  expect(engine.report(1e6)).toMatchObject({ running: 0, waiting: 0, pendingPromptTokens: 0, kvUsage: 0 });
  return { all, refused, log: all.flatMap(({ lines }) => lines) };
};

describe('with any requests', () => {
  test('every request ends exactly once, the answered with all their tokens, and time never goes back (I1, I2)', () => {
    fc.assert(
      fc.property(anyLoad, fc.nat(), (load, seed) => {
        const { all, refused } = play(load, seed);
        expect(all.length + refused).toBe(load.length);
        for (const recorder of all) {
          expect(recorder.ends).toHaveLength(1);
          const times = recorder.lines.map((line) => Number(line.split(' ')[1]));
          expect(times).toEqual(times.toSorted((a, b) => a - b));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('the same seed gives the same schedule, another seed another (I3)', () => {
    fc.assert(
      fc.property(anyLoad, fc.nat(), (load, seed) => {
        expect(play(load, seed).log).toEqual(play(load, seed).log);
      }),
      { numRuns: 20 },
    );
    const load = [{ atMs: 0, prompt: 10, output: 10, cancelAfterMs: null, deadlineAfterMs: null }];
    expect(play(load, 1).log).not.toEqual(play(load, 2).log);
  });
});
