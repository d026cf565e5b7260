import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { levelLoads } from '../../../router/policy/priority-failover.ts';
import { countsOf, DrivenPolicy, tableOf } from './driven-policy.ts';

const loadsOf = (...shares: number[]): number[] => {
  const loads = new Float64Array(shares.length);
  levelLoads(shares, shares.length, 1.4, loads);
  return [...loads];
};

describe('priority-failover', () => {
  test('of two levels with 72, 71, 50 and 25 % of the first gives 100/0, 99/1, 70/30 and 35/65', () => {
    expect([0.72, 0.71, 0.5, 0.25].map((share) => loadsOf(share, 1))).toEqual([
      [100, 0],
      [99, 1],
      [70, 30],
      [35, 65],
    ]);
  });

  test('with 50 % of both, which together are below 100, keeps their ratio: 70/70 of 140 takes 70/30', () => {
    expect(loadsOf(0.5, 0.5)).toEqual([70, 30]);
    expect(loadsOf(0.25, 0.25)).toEqual([50, 50]);
  });

  test('loads add up to 100 while anything is available', () => {
    const share = fc.integer({ min: 0, max: 20 }).map((twentieths) => twentieths / 20);
    fc.assert(
      fc.property(fc.array(share, { minLength: 1, maxLength: 5 }), (shares) => {
        fc.pre(shares.some((each) => each > 0));
        const sum = loadsOf(...shares).reduce((a, b) => a + b, 0);
        expect(Math.abs(sum - 100)).toBeLessThanOrEqual(shares.length);
      }),
    );
  });

  /** Ten endpoints over fibre, and ten over laser. */
  const twenty = () =>
    tableOf(20, { specs: Array.from({ length: 20 }, (_, index) => ({ medium: index < 10 ? 'fibre' : 'laser' })) });

  test('uses fibre alone while it is whole, and leaves it in proportion as it goes', () => {
    const driven = new DrivenPolicy('priority-failover', twenty());
    expect(Array.from({ length: 100 }, () => driven.pick()).every((endpoint) => endpoint < 10)).toBe(true);
    for (let endpoint = 0; endpoint < 5; endpoint++) driven.available(endpoint, false);
    const picks = Array.from({ length: 4000 }, () => driven.pick());
    const onFibre = picks.filter((endpoint) => endpoint < 10).length;
    expect(Math.abs(onFibre - 2800)).toBeLessThan(4 * Math.sqrt(4000 * 0.7 * 0.3));
    expect(countsOf(picks, 5)).toEqual([0, 0, 0, 0, 0]);
  });

  test('levels are named by node, site, provider, medium or endpoint; the rest comes last', () => {
    const specs = [{ provider: 'far' }, { site: 'here' }, {}, { provider: 'far' }];
    const driven = new DrivenPolicy('priority-failover', tableOf(4, { specs }), { levels: [['here'], ['n2']] });
    expect(driven.pick()).toBe(1);
    driven.available(1, false);
    expect(driven.pick()).toBe(2);
    driven.available(2, false);
    expect([0, 3]).toContain(driven.pick());
  });
});
