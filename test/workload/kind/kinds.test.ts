import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRng } from '../../../core/random/rng.ts';
import { cumulativeWeights } from '../../../workload/kind/rag.ts';
import { type ClassConfig, classSchema, kindOf } from '../../../workload/kind/registry.ts';
import type { Turn } from '../../../workload/kind/workload-kind.ts';

const sessionOf = (config: ClassConfig, seed: number | string, maxOutputTokens = 1024): readonly Turn[] =>
  kindOf(config).session(config, {
    rng: seededRng(seed)('session'),
    className: 'class',
    session: `session ${seed}`,
    maxOutputTokens,
    traceRow: () => ({ promptTokens: 50, outputTokens: 5000, prefix: [] }),
  });

const kinds = ['chat', 'coding-agent', 'rag', 'batch', 'trace'].map((kind) => classSchema.parse({ kind }));

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('every kind of workload', () => {
  test.each(kinds.map((config) => [config.kind, config] as const))(
    '%s: sessions can be served, and stay the same',
    (_, config) => {
      fc.assert(
        fc.property(fc.nat(), fc.integer({ min: 1, max: 2000 }), (seed, maxOutputTokens) => {
          const turns = sessionOf(config, seed, maxOutputTokens);
          expect(turns.length).toBeGreaterThan(0);
          expect(sessionOf(config, seed, maxOutputTokens)).toEqual(turns);
          for (const { pauseMs, promptTokens, outputTokens, prefix } of turns) {
            expect(pauseMs).toBeGreaterThanOrEqual(0);
            expect(Number.isInteger(promptTokens) && promptTokens >= 1).toBe(true);
            expect(Number.isInteger(outputTokens) && outputTokens >= 1 && outputTokens <= maxOutputTokens).toBe(true);
            const shared = prefix.reduce((sum, { tokens }) => sum + tokens, 0);
            expect(shared).toBeLessThanOrEqual(promptTokens + outputTokens);
          }
        }),
        { numRuns: 50 },
      );
    },
  );
});

describe.each(['chat', 'coding-agent'] as const)('a session of kind %s', (kind) => {
  const config = classSchema.parse({ kind, contextTokens: 40_000 });

  test('grows by each answer and by what is new, and never beyond its context', () => {
    for (let seed = 0; seed < 100; seed++) {
      const turns = sessionOf(config, seed);
      for (const [index, { promptTokens, outputTokens, prefix }] of turns.entries()) {
        const before = turns[index - 1];
        if (before !== undefined) expect(promptTokens).toBeGreaterThan(before.promptTokens + before.outputTokens);
        expect(promptTokens + 1024).toBeLessThanOrEqual(40_000);
        // What is shared reaches to the end of the answer, which the next prompt repeats.
        expect(prefix.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(promptTokens + outputTokens);
      }
    }
  });

  test('begins with the text that all sessions of its class begin with', () => {
    const [one, other] = [sessionOf(config, 1)[0]!, sessionOf(config, 2)[0]!];
    expect(one.prefix[0]).toEqual(other.prefix[0]);
    expect(one.prefix[1]!.key).not.toBe(other.prefix[1]!.key);
  });
});

describe('coding agents', () => {
  test('come in bursts: short pauses while tools work, long ones between tasks', () => {
    const config = classSchema.parse({
      kind: 'coding-agent',
      tasks: 3,
      steps: 4,
      toolS: 1,
      thinkS: 60,
      contextTokens: 1e6,
    });
    const pauses = sessionOf(config, 1).map(({ pauseMs }) => pauseMs / 1000);
    expect(pauses).toEqual([60, 1, 1, 1, 60, 1, 1, 1, 60, 1, 1, 1]);
  });

  test('have the medians of their sources: tools of 1.6 s, 710 to 950 tokens appended', () => {
    const config = classSchema.parse({
      kind: 'coding-agent',
      tasks: 1,
      steps: 400,
      thinkS: 0,
      outputTokens: 1,
      contextTokens: 1e7,
    });
    const turns = Array.from({ length: 20 }, (_, seed) => sessionOf(config, seed)).flatMap((session) =>
      session
        .slice(1)
        .map(({ pauseMs, promptTokens }, index) => [pauseMs, promptTokens - session[index]!.promptTokens - 1] as const),
    );
    const median = (of: 0 | 1): number => turns.map((turn) => turn[of]).toSorted((a, b) => a - b)[turns.length >> 1]!;
    expect(median(0) / 1600).toBeCloseTo(1, 1);
    expect(median(1)).toBeGreaterThan(710);
    expect(median(1)).toBeLessThan(950);
  });
});

describe('questions about documents', () => {
  test('the usual skew gives 3 % of the documents 60 % of the requests, as the source says', () => {
    const sums = cumulativeWeights(1000, 1.1);
    expect(sums[29]! / sums[999]!).toBeCloseTo(0.6, 1);
  });

  test('share their documents in the order of rank, with lengths that add up', () => {
    const config = classSchema.parse({
      kind: 'rag',
      systemTokens: 100,
      documents: 3,
      documentTokens: 50,
      questionTokens: 7,
    });
    const firsts: number[] = [];
    for (let seed = 0; seed < 500; seed++) {
      const [{ promptTokens, prefix }] = sessionOf(config, seed) as [Turn];
      const ranks = prefix.slice(1).map(({ key }) => Number(key.split(' ').at(-1)));
      expect(ranks).toEqual([...new Set(ranks)].toSorted((a, b) => a - b));
      expect([promptTokens, ranks.length]).toEqual([257, 3]);
      firsts.push(ranks[0]!);
    }
    expect(meanOf(firsts)).toBeLessThan(100);
  });
});
