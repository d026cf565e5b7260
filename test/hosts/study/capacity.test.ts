import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findCapacity, objectivesIn, verdictOn } from '../../../hosts/study/capacity.ts';

const metric = (mean: number | null, ci95: [number, number] | null) => ({ n: 5, missing: 0, mean, ci95 });

describe('a rate', () => {
  const objectives = objectivesIn('ttft.p99:800ms,attained:95%', '--slo');
  const verdict = (ttft: ReturnType<typeof metric>, attained: ReturnType<typeof metric>) =>
    verdictOn(objectives, { 'ttft.p99': ttft, attained });

  test('is met by the means, and surely where each interval is within its bound', () => {
    expect(verdict(metric(700, [650, 750]), metric(0.97, [0.96, 0.98]))).toEqual({ isMet: true, isSure: true });
    expect(verdict(metric(700, [550, 850]), metric(0.97, [0.96, 0.98]))).toEqual({ isMet: true, isSure: false });
    expect(verdict(metric(700, null), metric(0.97, [0.96, 0.98]))).toEqual({ isMet: true, isSure: false });
  });

  test('is missed where one objective is, and surely where the interval of one is beyond its bound', () => {
    expect(verdict(metric(900, [850, 950]), metric(0.97, [0.9, 1]))).toEqual({ isMet: false, isSure: true });
    expect(verdict(metric(700, [650, 750]), metric(0.94, [0.93, 0.96]))).toEqual({ isMet: false, isSure: false });
    expect(verdict(metric(null, null), metric(0.97, [0.96, 0.98]))).toEqual({ isMet: false, isSure: true });
  });

  test('has objectives with amounts in the unit of their metric', () => {
    expect(objectivesIn('goodput:10/s', '--slo')).toMatchObject([{ name: 'goodput', isLowerBetter: false, bound: 10 }]);
    expect(() => objectivesIn('ttft.p99:5%', '--slo')).toThrow(
      '--slo has "ttft.p99:5%", expected an amount, such as ttft.p99:800ms',
    );
  });
});

describe('the search', () => {
  test('finds a threshold to within its share, wherever it starts, in few rates', async () => {
    const rate = fc.double({ min: 0.5, max: 2000, noNaN: true });
    await fc.assert(
      fc.asyncProperty(rate, fc.double({ min: 1, max: 100, noNaN: true }), async (threshold, startPerS) => {
        let tries = 0;
        const found = await findCapacity({
          startPerS,
          within: 0.05,
          tried: async (ratePerS) => {
            tries++;
            return { isMet: ratePerS <= threshold, isSure: Math.abs(ratePerS / threshold - 1) > 0.2 };
          },
        });
        const { ratePerS, missedAtPerS, sureFromPerS, sureToPerS } = found!;
        expect(ratePerS).toBeLessThanOrEqual(threshold);
        expect(missedAtPerS).toBeGreaterThan(threshold);
        expect(missedAtPerS! / ratePerS! - 1).toBeLessThanOrEqual(0.0501);
        expect(tries).toBeLessThanOrEqual(20);
        if (sureFromPerS !== null) expect(sureFromPerS).toBeLessThanOrEqual(ratePerS!);
        if (sureToPerS !== null) expect(sureToPerS).toBeGreaterThanOrEqual(missedAtPerS!);
      }),
    );
  });

  test('says so where every rate keeps the objectives, or none does', async () => {
    const always = (isMet: boolean) =>
      findCapacity({ startPerS: 10, within: 0.05, tried: async () => ({ isMet, isSure: true }) });
    expect(await always(true)).toMatchObject({ ratePerS: 40_960, missedAtPerS: null });
    expect(await always(false)).toMatchObject({ ratePerS: null, missedAtPerS: 0.002442 });
  });

  test('ends where it is stopped', async () => {
    let left = 3;
    const tried = async () => (left-- > 0 ? { isMet: true, isSure: true } : null);
    expect(await findCapacity({ startPerS: 10, within: 0.05, tried })).toBeNull();
  });
});
