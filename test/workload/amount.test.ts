import { describe, expect, test } from 'vitest';
import { seededRng } from '../../core/random/rng.ts';
import { drawAmount, drawCount } from '../../workload/amount.ts';

describe('an amount', () => {
  test('without a spread is the same each time, and draws nothing', () => {
    const rng = seededRng(1)('a');
    expect([drawAmount(7.5, rng), drawCount(7.5, rng), drawCount(0, rng)]).toEqual([7.5, 8, 1]);
    expect(rng.next()).toBe(seededRng(1)('a').next());
  });

  test.each([0.1, 1, 1.7])('with a cv of %d has that mean and that deviation over it', (cv) => {
    const rng = seededRng(3)(`cv ${cv}`);
    const draws = Array.from({ length: 200_000 }, () => drawAmount({ mean: 120, cv }, rng));
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length;
    expect(mean / 120).toBeCloseTo(1, 1.5);
    expect(Math.sqrt(variance) / mean / cv).toBeCloseTo(1, 1);
  });
});
