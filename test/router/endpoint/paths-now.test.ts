import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LinkModel } from '../../../netem/links/model/link-model.ts';
import { type ForecastPath, type Knowledge, linkForecast } from '../../../router/endpoint/forecast.ts';
import { PathsNow } from '../../../router/endpoint/paths-now.ts';

/** A link of stretches of 700 ms: its delay in ms, or null where it is down. */
const linkOf = (delaysMs: readonly (number | null)[]): LinkModel => ({
  stateAt: (atMs) => {
    const delayMs = delaysMs[Math.min(delaysMs.length - 1, Math.max(0, Math.floor(atMs / 700)))]!;
    return { up: delayMs !== null, delayUs: (delayMs ?? 0) * 1000, jitterUs: 0, lossRate: 0, rateKbps: 0 };
  },
  nextChangeAfter: (afterMs) => {
    const next = (Math.max(-1, Math.floor(afterMs / 700)) + 1) * 700;
    return next < delaysMs.length * 700 ? next : null;
  },
});

const links = fc.array(fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 90 }) }, fc.constant(null)), {
  minLength: 1,
  maxLength: 20,
});

const pathsOf = (drawn: readonly (readonly (number | null)[])[]): ForecastPath[] =>
  drawn.map((delaysMs, index) => ({
    forward: linkOf(delaysMs),
    back: linkOf([30]),
    slots: index % 2 === 0 ? { periodMs: 5000, offsetMs: 1200 } : undefined,
  }));

const knowledges = fc.constantFrom<Knowledge>(
  { kind: 'ephemeris', horizonMs: 3000, errorUs: 700 },
  { kind: 'slots' },
  { kind: 'none' },
);

test('what is kept of a forecast is what it says when it is asked, in whatever order, also after the clock was set back', () => {
  const questions = fc.array(
    fc.record({ nowMs: fc.nat({ max: 20_000 }), stepMs: fc.nat({ max: 90 }), isList: fc.boolean() }),
    { minLength: 1, maxLength: 30 },
  );
  fc.assert(
    fc.property(knowledges, fc.array(links, { minLength: 1, maxLength: 4 }), questions, (knowledge, drawn, asked) => {
      const kept = new PathsNow(drawn.length, linkForecast(pathsOf(drawn), knowledge));
      const list = Uint32Array.from(drawn.keys());
      for (const { nowMs: begunMs, stepMs, isList } of asked) {
        for (const nowMs of [begunMs, begunMs + stepMs, begunMs + 2 * stepMs]) {
          const forecast = linkForecast(pathsOf(drawn), knowledge); // one that was never asked before
          kept.see(list, list.length, nowMs, isList ? 7 : -1);
          for (const endpoint of list) {
            if (!isList) kept.seeOne(endpoint, nowMs);
            const rttMs = forecast.rttMsAt(endpoint, nowMs, nowMs);
            expect(kept.listRttMs[endpoint]).toBe(rttMs);
            expect(kept.rttMs[endpoint]).toBe(rttMs);
            expect(kept.handoverAtMs[endpoint]).toBe(forecast.nextHandoverAfter(endpoint, nowMs));
            const openUntilMs = kept.openUntilMs[endpoint]!;
            expect(kept.listCalmUntilMs).toBeLessThanOrEqual(Math.min(openUntilMs, kept.handoverAtMs[endpoint]!));
            for (const aheadMs of [0, 60, 700, 2900]) {
              if (nowMs + aheadMs + 50 >= openUntilMs) continue;
              expect(forecast.chanceClosedAt(endpoint, nowMs + aheadMs, nowMs, 50)).toBe(0);
            }
          }
        }
      }
    }),
  );
});

test('a path without an interruption is open beyond the horizon, and one with an interruption until it begins', () => {
  const knowledge = { kind: 'ephemeris', horizonMs: 3000, errorUs: 0 } as const;
  const paths = pathsOf([[10], [10, 10, null, 10]]);
  const kept = new PathsNow(2, linkForecast(paths, knowledge));
  kept.see(Uint32Array.of(0, 1), 2, 100);
  expect([...kept.openUntilMs]).toEqual([Number.POSITIVE_INFINITY, 1400]);
});
