import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRng } from '../../../core/random/rng.ts';
import type { Offered } from '../../../workload/arrivals/arrival-process.ts';
import { type ArrivalsConfig, arrivalsOf, arrivalsSchema } from '../../../workload/arrivals/registry.ts';

const KINDS: readonly ArrivalsConfig[] = [
  'trace',
  'poisson',
  'constant',
  { kind: 'gamma', cv: 3 },
  { kind: 'gamma', cv: 0.5 },
  { kind: 'mmpp', burstFactor: 10, burstS: 2, betweenS: 8 },
  { kind: 'diurnal', peakOverMean: 1.8, peakHour: 9, dayS: 600 },
  { kind: 'ramp', from: 1, to: 9 },
  { kind: 'ramp', from: 9, to: 0 },
];

const offered = (over: Partial<Offered> = {}, seed = 1): Offered => ({
  ratePerS: 20,
  durationMs: 600_000,
  startUnixMs: 0,
  clients: [{ share: 1, lonDeg: 0 }],
  traceTimeS: (index) => index ** 1.1,
  timeScale: null,
  rng: seededRng(seed)('arrivals'),
  ...over,
});

/** The number of requests of each stretch of `lengthMs`, over as many seeds as asked. */
const countsOf = (config: ArrivalsConfig, lengthMs: number, seeds: number, over: Partial<Offered> = {}): number[] =>
  Array.from({ length: seeds }, (_, seed) => {
    const { timesMs } = arrivalsOf(config, offered(over, seed));
    const counts = new Array<number>(Math.round((over.durationMs ?? 600_000) / lengthMs)).fill(0);
    for (const atMs of timesMs) counts[Math.floor(atMs / lengthMs)]!++;
    return counts;
  }).flat();

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: readonly number[]): number => {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** 2));
};

describe.each(KINDS)('arrivals of %j', (config) => {
  test('come in order, within the run, and the same again for the same seed, whatever the rate and the duration', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.double({ min: 0.1, max: 200, noNaN: true }),
        fc.integer({ min: 1000, max: 20_000 }),
        (seed, ratePerS, durationMs) => {
          const once = arrivalsOf(config, offered({ ratePerS, durationMs }, seed)).timesMs;
          expect(arrivalsOf(config, offered({ ratePerS, durationMs }, seed)).timesMs).toEqual(once);
          expect(once.every((atMs, index) => atMs >= (once[index - 1] ?? 0) && atMs < durationMs)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('offer the stated rate on average', () => {
    // The widest of them, bursts, deviates by sqrt(variance / 40 runs): about 1 % here.
    const counts = countsOf(config, 600_000, 40);
    expect(Math.abs(mean(counts) / 12_000 - 1)).toBeLessThan(0.035);
  });
});

describe('arrivals against their closed forms', () => {
  test.each([0.4, 1, 2, 4])('gaps of gamma arrivals have the deviation cv = %d times their mean', (cv) => {
    const { timesMs } = arrivalsOf({ kind: 'gamma', cv }, offered({ durationMs: 10_000_000 }));
    const gaps = timesMs.slice(1).map((atMs, index) => atMs - timesMs[index]!);
    expect(mean(gaps)).toBeGreaterThan(50 * (1 - 0.008 * cv));
    expect(mean(gaps)).toBeLessThan(50 * (1 + 0.008 * cv));
    expect(Math.sqrt(variance(gaps)) / mean(gaps) / cv).toBeGreaterThan(0.96);
    expect(Math.sqrt(variance(gaps)) / mean(gaps) / cv).toBeLessThan(1.04);
  });

  test.each<ArrivalsConfig>([
    { kind: 'gamma', cv: 3 },
    { kind: 'mmpp', burstFactor: 8, burstS: 2, betweenS: 6 },
  ])('%j hold their rate from the first second', (config) => {
    const first = countsOf(config, 1000, 4000, { durationMs: 1000 });
    expect(mean(first)).toBeGreaterThan(19);
    expect(mean(first)).toBeLessThan(21);
  });

  test('the number of requests of gamma arrivals varies cv^2 times as much as that of Poisson arrivals', () => {
    const index = (config: ArrivalsConfig): number => {
      const counts = countsOf(config, 50_000, 100);
      return variance(counts) / mean(counts);
    };
    expect(index('poisson')).toBeGreaterThan(0.88);
    expect(index('poisson')).toBeLessThan(1.12);
    expect(index({ kind: 'gamma', cv: 2 }) / 4).toBeGreaterThan(0.88);
    expect(index({ kind: 'gamma', cv: 2 }) / 4).toBeLessThan(1.12);
  });

  test.each([0.5, 2, 20])('the number of requests of bursts in %d s has the variance of the process', (lengthS) => {
    const [burstFactor, burstS, betweenS] = [8, 2, 6];
    const p = burstS / (burstS + betweenS);
    const low = 20 / (p * burstFactor + 1 - p);
    const q = 1 / burstS + 1 / betweenS;
    const spread = p * (1 - p) * (low * burstFactor - low) ** 2;
    const expected = 20 * lengthS + 2 * spread * (lengthS / q - (1 - Math.exp(-q * lengthS)) / q ** 2);
    const counts = countsOf({ kind: 'mmpp', burstFactor, burstS, betweenS }, lengthS * 1000, 100);
    expect(variance(counts) / expected).toBeGreaterThan(0.92);
    expect(variance(counts) / expected).toBeLessThan(1.08);
  });

  test('each region has its peak in its own afternoon: the first Fourier moment of its requests says when and how high', () => {
    const [peakOverMean, peakHour, dayS] = [1.7, 15, 600];
    const clients = [
      { share: 1, lonDeg: 0 },
      { share: 2, lonDeg: 135 },
    ];
    const startUnixMs = Date.UTC(2026, 0, 1, 6);
    const { timesMs, weightAt } = arrivalsOf(
      { kind: 'diurnal', peakOverMean, peakHour, dayS },
      offered({ clients, startUnixMs, durationMs: 60_000_000 }),
    );
    for (const [client, { share, lonDeg }] of clients.entries()) {
      let [cos, sin, all] = [0, 0, 0];
      for (const atMs of timesMs) {
        const own = share * weightAt!(client, atMs);
        const part = own / clients.reduce((sum, each, index) => sum + each.share * weightAt!(index, atMs), 0);
        const angle = (2 * Math.PI * (6 + (24 * atMs) / 1000 / dayS + lonDeg / 15)) / 24;
        all += part;
        cos += part * Math.cos(angle);
        sin += part * Math.sin(angle);
      }
      expect(all / timesMs.length).toBeCloseTo(share / 3, 2);
      expect(Math.hypot(cos, sin) / all).toBeCloseTo((peakOverMean - 1) / 2, 2);
      expect((((Math.atan2(sin, cos) * 24) / 2 / Math.PI + 24) % 24) - peakHour).toBeCloseTo(0, 1);
    }
  });

  test('a ramp rises in a straight line between its ends', () => {
    const counts = countsOf({ kind: 'ramp', from: 5, to: 35 }, 60_000, 100);
    for (let minute = 0; minute < 10; minute++) {
      const own = mean(counts.filter((_, index) => index % 10 === minute));
      const expected = 60 * (5 + 3 * (minute + 0.5));
      expect(Math.abs(own - expected)).toBeLessThan(4 * Math.sqrt(expected / 100));
    }
  });

  test('a trace without a stated rate is played at its own times', () => {
    const { timesMs } = arrivalsOf(
      'trace',
      offered({ traceTimeS: (index) => 7 + index * 3, timeScale: 2, durationMs: 20_000 }),
    );
    expect(timesMs).toEqual([0, 6000, 12_000, 18_000]);
  });
});

test.each([
  ['gamma', /with its keys/],
  [{ kind: 'gamma' }, /cv/],
  [{ kind: 'gamma', cv: 0 }, /cv/],
  [{ kind: 'mmpp', burstFactor: 1, burstS: 1, betweenS: 1 }, /burstFactor/],
  [{ kind: 'ramp', from: 0, to: 0 }, /more than 0/],
  [{ kind: 'poisson', cv: 2 }, /cv/],
])('%j are no arrivals', (config, message) => {
  const { success, error } = arrivalsSchema.safeParse(config);
  expect(success).toBe(false);
  expect(JSON.stringify(error!.issues)).toMatch(message);
});
