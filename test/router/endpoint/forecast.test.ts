import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { LinkModel, LinkState } from '../../../netem/links/model/link-model.ts';
import { type ForecastPath, knowledgeSchema, linkForecast } from '../../../router/endpoint/forecast.ts';

const SLOTS = { periodMs: 15_000, offsetMs: 2000 };

/** A link whose delay is `delaysUs[k]` in the k-th stretch of `stepMs`; it is down where that is null. */
const steps = (stepMs: number, delaysUs: readonly (number | null)[]): LinkModel & { asked: number } => ({
  asked: 0,
  stateAt(atMs): LinkState {
    this.asked++;
    const delayUs = delaysUs[Math.min(delaysUs.length - 1, Math.max(0, Math.floor(atMs / stepMs)))]!;
    return { up: delayUs !== null, delayUs: delayUs ?? 0, jitterUs: 0, lossRate: 0, rateKbps: 0 };
  },
  nextChangeAfter(afterMs) {
    const next = (Math.max(-1, Math.floor(afterMs / stepMs)) + 1) * stepMs;
    return next < delaysUs.length * stepMs ? next : null;
  },
});

const laser = (): ForecastPath => ({
  forward: steps(1000, [20_000, 25_000, null, 30_000]),
  back: steps(1000, [21_000]),
  slots: SLOTS,
});
const fibre = (): ForecastPath => ({ forward: steps(1000, [40_000]), back: steps(1000, [40_000]) });
const exact = { kind: 'ephemeris', horizonMs: 60_000, errorUs: 0 } as const;

describe('knowledge none', () => {
  test('knows nothing of any path', () => {
    const forecast = linkForecast([laser()], { kind: 'none' });
    expect(forecast.rttMsAt(0, 0, 0)).toBeNaN();
    expect(forecast.isUpAt(0, 2500, 2500)).toBe(true);
    expect(forecast.nextHandoverAfter(0, 0)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('knowledge slots', () => {
  const forecast = linkForecast([laser(), fibre()], { kind: 'slots' });

  test('knows when slots begin, and no delay', () => {
    expect(forecast.nextHandoverAfter(0, 0)).toBe(2000);
    expect(forecast.nextHandoverAfter(0, 2000)).toBe(17_000);
    expect(forecast.rttMsAt(0, 0, 0)).toBeNaN();
  });

  test('has no slots for fibre', () => {
    expect(forecast.nextHandoverAfter(1, 0)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('knowledge ephemeris', () => {
  test('gives the round trip of now and of an instant ahead', () => {
    const forecast = linkForecast([laser()], exact);
    expect(forecast.rttMsAt(0, 500, 500)).toBe(41);
    expect(forecast.rttMsAt(0, 1500, 500)).toBe(46);
    expect(forecast.rttMsAt(0, 500, 500)).toBe(41);
  });

  test('includes an outage', () => {
    const forecast = linkForecast([laser()], exact);
    expect([1999, 2000, 2999, 3000].map((atMs) => forecast.isUpAt(0, atMs, atMs))).toEqual([true, false, false, true]);
  });

  test('does not see beyond its horizon', () => {
    const forecast = linkForecast([laser()], { ...exact, horizonMs: 600 });
    expect(forecast.rttMsAt(0, 3500, 0)).toBe(41);
    expect(forecast.rttMsAt(0, 3500, 500)).toBe(46);
  });

  test('asks the link once between two of its changes', () => {
    const path = laser();
    const forecast = linkForecast([path], exact);
    for (let atMs = 0; atMs < 1000; atMs += 10) forecast.rttMsAt(0, atMs, atMs);
    expect((path.forward as ReturnType<typeof steps>).asked).toBe(1);
  });

  test('errs by at most sqrt(3) standard deviations, the same for the same seed, drawn again each slot', () => {
    const erring = { ...exact, errorUs: 500 };
    const forecast = linkForecast([laser()], erring, 7);
    const errors = Array.from({ length: 2000 }, (_, slot) => {
      const atMs = 5000 + slot * 15_000;
      return forecast.rttMsAt(0, atMs, atMs) - 51;
    });
    const deviation = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThanOrEqual(0.5 * Math.sqrt(3) + 1e-9);
    expect(deviation).toBeGreaterThan(0.47);
    expect(deviation).toBeLessThan(0.53);
    expect(linkForecast([laser()], erring, 7).rttMsAt(0, 5000, 5000) - 51).toBe(errors[0]);
    expect(linkForecast([laser()], erring, 8).rttMsAt(0, 5000, 5000) - 51).not.toBe(errors[0]);
  });

  test('gives the same answers in any order of questions', () => {
    const asked = fc.array(fc.tuple(fc.nat(6000), fc.nat(6000)), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(asked, (questions) => {
        const knowledge = { ...exact, errorUs: 300 };
        const one = linkForecast([laser()], knowledge);
        for (const [atMs, nowMs] of questions) {
          const fresh = linkForecast([laser()], knowledge);
          expect(one.rttMsAt(0, atMs, nowMs)).toBe(fresh.rttMsAt(0, atMs, nowMs));
          expect(one.isUpAt(0, atMs, nowMs)).toBe(fresh.isUpAt(0, atMs, nowMs));
        }
      }),
    );
  });
});

test('the schema of knowledge takes no unknown key', () => {
  expect(knowledgeSchema(z).safeParse({ kind: 'slots', horizonMs: 1 }).success).toBe(false);
  expect(knowledgeSchema(z).parse({ kind: 'ephemeris' })).toEqual({
    kind: 'ephemeris',
    horizonMs: 60_000,
    errorUs: 500,
  });
});
