import { describe, expect, test } from 'vitest';
import { localityShares } from '../../../router/policy/load-aware-locality.ts';
import { countsOf, DrivenPolicy, tableOf } from './driven-policy.ts';

const PARAMS = { threshold: 0.1, remoteProbeShare: 0.03 };
const shares = (hosts: readonly number[], utilisation: readonly number[]): number[] => [
  ...localityShares({ hosts: Float64Array.from(hosts), utilisation: Float64Array.from(utilisation), local: 0 }, PARAMS),
];

describe('load-aware-locality', () => {
  test('A 10 at 0.7, local, B 10 at 0.3 and C 10 at 0.4 take 19, 44 and 37 % (37.5)', () => {
    const [a, b, c] = shares([10, 10, 10], [0.7, 0.3, 0.4]) as [number, number, number];
    expect([a, b, c].map((share) => share * 100)).toEqual(
      [18.75, 43.75, 37.5].map((share) => expect.closeTo(share, 9)),
    );
  });

  test('keeps all but 3 % at home while home is less than 0.1 busier', () => {
    const [home, b, c] = shares([10, 10, 10], [0.44, 0.3, 0.4]) as [number, number, number];
    expect(home).toBeCloseTo(0.97);
    expect(b / c).toBeCloseTo(0.7 / 0.6);
  });

  test('alone it takes all', () => {
    expect(shares([3], [0.9])).toEqual([1]);
  });

  test('the nearest site is home, and requests leave it once it is busy', () => {
    const specs = ['b', 'a', 'a', 'b'].map((site) => ({ site }));
    const driven = new DrivenPolicy('load-aware-locality', tableOf(4, { specs, rttMs: [80, 5, 5, 80] }));
    driven.send(1);
    const idle = countsOf(
      Array.from({ length: 2000 }, () => driven.pick()),
      4,
    );
    expect(Math.abs(idle[0]! + idle[3]! - 60)).toBeLessThan(4 * Math.sqrt(2000 * 0.03 * 0.97));
    driven.report(1, { utilization: 0.9 });
    driven.report(2, { utilization: 0.9 });
    driven.nowMs = 2000;
    driven.send(1);
    const busy = countsOf(
      Array.from({ length: 2000 }, () => driven.pick()),
      4,
    );
    expect(busy[0]! + busy[3]!).toBeGreaterThan(1700);
  });
});
