import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { seededRng } from '../../../core/random/rng.ts';
import { AttemptRules } from '../../../router/attempt/attempt-rules.ts';
import { backoffMs } from '../../../router/attempt/backoff.ts';
import { retrySchema } from '../../../router/attempt/retry-schema.ts';

const draws = (value: number) => ({ next: () => value, below: () => 0 });

test('waits double from the base up to the longest, once those that begin at once are through', () => {
  const settings = { atOnce: 1, baseMs: 25, multiplier: 2, maxMs: 90 };
  const waits = (draw: number) => [1, 2, 3, 4, 5].map((retry) => backoffMs(settings, retry, draws(draw)));
  expect(waits(0.5)).toEqual([0, 25, 50, 90, 90]);
  expect(waits(0)).toEqual([0, 20, 40, 72, 72]);
});

test('a wait is within a fifth of what it is without chance, and one at once draws nothing', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 5 }), fc.nat(), (atOnce, retry, seed) => {
      const settings = { atOnce, baseMs: 10, multiplier: 3, maxMs: 200 };
      const rng = seededRng(seed)('retries');
      const wait = backoffMs(settings, retry, rng);
      const exact = retry <= atOnce ? 0 : Math.min(200, 10 * 3 ** (retry - atOnce - 1));
      expect(wait).toBeGreaterThanOrEqual(0.8 * exact);
      expect(wait).toBeLessThanOrEqual(1.2 * exact);
      if (retry <= atOnce) expect(rng.next()).toBe(seededRng(seed)('retries').next());
    }),
  );
});

test('rules without settings are those of the schema: one retry, at once, after UNAVAILABLE', () => {
  const retry = retrySchema(z).parse({});
  const [usual, parsed] = [new AttemptRules(), new AttemptRules({ retry })];
  for (const rules of [usual, parsed]) {
    expect([rules.maxAttempts, rules.waitMs(1)]).toEqual([2, 0]);
    const ended = (code: number) =>
      rules.retriesAfter({ code, report: null, pushbackMs: null, fault: 'node', isSaidByNode: true });
    expect(Array.from({ length: 17 }, (_, code) => ended(code)).indexOf(true)).toBe(14);
    expect(ended(99)).toBe(false);
  }
  expect(usual.waitMs(3)).toBe(parsed.waitMs(3));
});

test('an answer, a cancelled request and a deadline cannot be configured to be tried again', () => {
  for (const code of ['OK', 'CANCELLED', 'DEADLINE_EXCEEDED', '14']) {
    expect(retrySchema(z).safeParse({ codes: [code] }).success).toBe(false);
  }
});
