import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ewmaSchema, PeakEwma } from '../../../router/endpoint/ewma.ts';

const average = (): PeakEwma => new PeakEwma(1, ewmaSchema(z).parse({}));

describe('the peak-sensitive average', () => {
  test('takes its first sample as it is', () => {
    const ewma = average();
    expect(ewma.at(0, 0)).toBeNaN();
    ewma.sample(0, 120, 1000);
    expect(ewma.at(0, 1000)).toBe(120);
  });

  test('decays to 1/e in one tau', () => {
    const ewma = average();
    ewma.sample(0, 100, 0);
    expect(ewma.at(0, 10_000)).toBeCloseTo(36.7879441, 6);
  });

  test('jumps to a worse sample at once', () => {
    const ewma = average();
    ewma.sample(0, 100, 0);
    ewma.sample(0, 300, 5000);
    expect(ewma.at(0, 5000)).toBe(300);
  });

  test('moves to a better sample by the share of time passed: 100, then 20 after half a tau', () => {
    const ewma = average();
    ewma.sample(0, 100, 0);
    ewma.sample(0, 20, 5000);
    // 100 * e^-0.5 + 20 * (1 - e^-0.5)
    expect(ewma.at(0, 5000)).toBeCloseTo(68.5224528, 6);
  });

  test('is a peak against what is left of the old value, not against the old value', () => {
    const ewma = average();
    ewma.sample(0, 100, 0);
    ewma.sample(0, 50, 10_000); // 36.8 is left
    expect(ewma.at(0, 10_000)).toBe(50);
  });

  test('is what the formula says, for every endpoint, however much time passes and from whatever it goes on', () => {
    const steps = fc.array(
      fc.tuple(fc.nat(2), fc.double({ min: 0.1, max: 1e4, noNaN: true }), fc.constantFrom(0, 3, 900, 40_000, 900_000)),
      {
        minLength: 1,
        maxLength: 30,
      },
    );
    fc.assert(
      fc.property(steps, fc.nat(60_000), (drawn, laterMs) => {
        const ewma = new PeakEwma(3, ewmaSchema(z).parse({}));
        const heir = new PeakEwma(3, ewmaSchema(z).parse({}));
        const plain = Array.from({ length: 3 }, () => ({ ms: Number.NaN, atMs: Number.NaN }));
        let nowMs = 0;
        for (const [endpoint, sampleMs, stepMs] of drawn) {
          nowMs += stepMs;
          ewma.sample(endpoint, sampleMs, nowMs);
          const { ms, atMs } = plain[endpoint]!;
          const kept = Math.exp((atMs - nowMs) / 10_000);
          const isPeak = Number.isNaN(ms) || sampleMs > ms * kept;
          plain[endpoint] = { ms: isPeak ? sampleMs : ms * kept + sampleMs * (1 - kept), atMs: nowMs };
        }
        for (let endpoint = 0; endpoint < 3; endpoint++) heir.inherit(2 - endpoint, ewma, endpoint);
        for (const askedMs of [nowMs, nowMs + laterMs]) {
          const into = new Float64Array(3);
          ewma.allAt(Uint32Array.of(2, 0, 1), 3, askedMs, into);
          expect([...into]).toEqual([2, 0, 1].map((endpoint) => ewma.at(endpoint, askedMs)));
        }
        for (const [endpoint, { ms, atMs }] of plain.entries()) {
          const expected = ms * Math.exp((atMs - nowMs - laterMs) / 10_000);
          for (const got of [ewma.at(endpoint, nowMs + laterMs), heir.at(2 - endpoint, nowMs + laterMs)]) {
            if (Number.isNaN(expected)) expect(got).toBeNaN();
            else expect(Math.abs(got - expected)).toBeLessThanOrEqual(1e-9 * expected);
          }
        }
      }),
    );
  });

  test('stays between zero and the largest sample', () => {
    const samples = fc.array(fc.tuple(fc.double({ min: 0, max: 1e4, noNaN: true }), fc.nat(30_000)), { minLength: 1 });
    fc.assert(
      fc.property(samples, (steps) => {
        const ewma = average();
        let nowMs = 0;
        for (const [sampleMs, stepMs] of steps) {
          nowMs += stepMs;
          ewma.sample(0, sampleMs, nowMs);
          expect(ewma.at(0, nowMs)).toBeGreaterThanOrEqual(0);
        }
        expect(ewma.at(0, nowMs)).toBeLessThanOrEqual(Math.max(...steps.map(([sampleMs]) => sampleMs)) + 1e-9);
      }),
    );
  });
});

test('another decay time counts from the last sample on, as if it had been there then', () => {
  const [running, fresh] = [10_000, 500].map((tauMs) => new PeakEwma(3, { tauMs, failureMs: 5000 }));
  for (const ewma of [running!, fresh!]) {
    ewma.sample(0, 100, 1000);
    ewma.sample(2, 40, 90_000);
  }
  running!.retune({ tauMs: 500, failureMs: 7000 });
  expect(running!.failureMs).toBe(7000);
  for (const nowMs of [90_000, 90_250, 95_000]) {
    expect(running!.at(0, nowMs)).toBeCloseTo(fresh!.at(0, nowMs), 9);
    expect(running!.at(2, nowMs)).toBeCloseTo(fresh!.at(2, nowMs), 9);
    expect(running!.at(1, nowMs)).toBeNaN();
  }
});
