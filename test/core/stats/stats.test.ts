import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Histogram } from '../../../core/stats/histogram.ts';
import { ascending, mean, quantile } from '../../../core/stats/quantile.ts';

describe('quantiles', () => {
  test('interpolate between ranks like NumPy does', () => {
    const sorted = ascending([4, 1, 3, 2]);
    expect(quantile(sorted, 0.5)).toBe(2.5);
    expect(quantile(sorted, 0)).toBe(1);
    expect(quantile(sorted, 1)).toBe(4);
    expect(quantile(sorted, 0.99)).toBeCloseTo(3.97);
  });

  test('of nothing are not a number', () => {
    expect(quantile([], 0.5)).toBeNaN();
    expect(mean([])).toBeNaN();
  });
});

describe('a histogram', () => {
  test('keeps every quantile to one part in a thousand', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 10_000_000 }), { minLength: 1, maxLength: 300 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (samples, p) => {
          const histogram = new Histogram();
          for (const us of samples) histogram.record(us);
          const exact = ascending(samples)[Math.max(1, Math.ceil(p * samples.length)) - 1]!;
          expect(Math.abs(histogram.quantileUs(p) - exact)).toBeLessThanOrEqual(exact / 1000 + 0.5);
        },
      ),
    );
  });

  test('keeps durations of days to one part in a thousand, too', () => {
    fc.assert(
      fc.property(fc.double({ min: 1024, max: 2 ** 40, noNaN: true }), (us) => {
        const histogram = new Histogram();
        histogram.record(us);
        histogram.record(2 ** 41);
        expect(Math.abs(histogram.quantileUs(0.5) - us)).toBeLessThanOrEqual(us / 1000);
      }),
    );
  });

  test('adds up from the buckets that its parts wrote to a log, as if it had counted everything itself', () => {
    const durations = fc.array(fc.double({ min: 0, max: 2 ** 33, noNaN: true }), { maxLength: 50 });
    fc.assert(
      fc.property(fc.array(durations, { maxLength: 4 }), (parts) => {
        const [whole, merged] = [new Histogram(), new Histogram()];
        for (const part of parts) {
          const own = new Histogram();
          for (const us of part) {
            own.record(us);
            whole.record(us);
          }
          merged.add(JSON.parse(JSON.stringify(own.buckets)), own.maxUs);
        }
        for (const p of [0.01, 0.5, 0.99, 1]) expect(merged.quantileUs(p)).toBe(whole.quantileUs(p));
        expect([merged.count, merged.maxUs]).toEqual([whole.count, whole.maxUs]);
      }),
    );
    expect(() => new Histogram().add([1e9, 1], 5)).toThrow('has no bucket 1000000000');
  });

  test('weighs a duration by the times it counts', () => {
    const histogram = new Histogram();
    histogram.record(100, 0.5);
    histogram.record(900, 1.5);
    expect([histogram.quantileUs(0.25), histogram.quantileUs(0.26), histogram.count]).toEqual([100, 900, 2]);
  });

  test('refuses values that are not finite: they would be counted, and be in no bucket', () => {
    const histogram = new Histogram();
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => histogram.record(wrong)).toThrow('finite durations');
      expect(() => histogram.record(1, wrong)).toThrow('finite durations');
    }
    expect(histogram.count).toBe(0);
  });

  test('counts a negative duration as zero and has no quantile when empty', () => {
    const histogram = new Histogram();
    expect(histogram.quantileUs(0.5)).toBeNaN();
    histogram.record(-3);
    expect(histogram.quantileUs(1)).toBe(0);
  });
});
