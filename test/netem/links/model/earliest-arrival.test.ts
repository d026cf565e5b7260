import fc from 'fast-check';
import { expect, test } from 'vitest';
import { earliestArrivalMs } from '../../../../netem/links/model/earliest-arrival.ts';
import type { LinkModel, LinkState } from '../../../../netem/links/model/link-model.ts';

const state = (changes: Partial<LinkState>): LinkState => ({
  up: true,
  delayUs: 20_000,
  jitterUs: 0,
  lossRate: 0,
  rateKbps: 0,
  ...changes,
});

/** A link that has each state from its instant on. */
const linkOf = (steps: readonly (readonly [fromMs: number, state: LinkState])[]): LinkModel => ({
  stateAt: (atMs) => (steps.findLast(([fromMs]) => fromMs <= atMs) ?? steps[0]!)[1],
  nextChangeAfter: (afterMs) => steps.find(([fromMs]) => fromMs > afterMs)?.[0] ?? null,
});

test('is the delay, less the jitter, and the time that the bytes take to pass', () => {
  expect(earliestArrivalMs(linkOf([[0, state({})]]), 5, 1000)).toBe(25);
  expect(earliestArrivalMs(linkOf([[0, state({ jitterUs: 3000 })]]), 5, 1000)).toBe(22);
  expect(earliestArrivalMs(linkOf([[0, state({ rateKbps: 1000 })]]), 5, 1000)).toBe(33);
  expect(earliestArrivalMs(linkOf([[0, state({ delayUs: 1000, jitterUs: 3000 })]]), 5, 1000)).toBe(5);
});

test('counts a path that gets shorter before the message would be there, and none that does so later', () => {
  const shorter = (atMs: number) =>
    linkOf([
      [0, state({})],
      [atMs, state({ delayUs: 4000 })],
    ]);
  expect(earliestArrivalMs(shorter(10), 5, 0)).toBe(14);
  expect(earliestArrivalMs(shorter(22), 5, 0)).toBe(25);
});

test('waits while the link is down, and for ever where it stays so', () => {
  const down = state({ up: false });
  expect(
    earliestArrivalMs(
      linkOf([
        [0, down],
        [100, state({})],
      ]),
      5,
      0,
    ),
  ).toBe(120);
  expect(earliestArrivalMs(linkOf([[0, down]]), 5, 0)).toBe(Number.POSITIVE_INFINITY);
});

test('who starts later arrives no earlier', () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.nat(60), fc.boolean()), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(steps, fc.nat(200), fc.nat(60), (drawn, atMs, laterMs) => {
      let fromMs = 0;
      const link = linkOf(
        drawn.map(([lastsMs, delayMs, up]) => {
          const step = [fromMs, state({ up, delayUs: delayMs * 1000 })] as const;
          fromMs += lastsMs;
          return step;
        }),
      );
      expect(earliestArrivalMs(link, atMs + laterMs, 0)).toBeGreaterThanOrEqual(earliestArrivalMs(link, atMs, 0));
    }),
  );
});

test('is the same however often it was asked of a link before, and the changes of an outage are looked through once', () => {
  const steps = fc
    .array(fc.tuple(fc.integer({ min: 1, max: 400 }), fc.constantFrom(false, false, true), fc.nat(50_000)), {
      minLength: 1,
      maxLength: 30,
    })
    .map((of) => {
      let atMs = 0;
      return of.map(([lastsMs, up, delayUs]) => {
        const fromMs = atMs;
        atMs += lastsMs;
        return [fromMs, state({ up, delayUs })] as const;
      });
    });
  fc.assert(
    fc.property(steps, fc.array(fc.nat(5000), { minLength: 2, maxLength: 20 }), (of, askedAtMs) => {
      const link = linkOf(of);
      for (const atMs of askedAtMs)
        expect(earliestArrivalMs(link, atMs, 100)).toBe(earliestArrivalMs(linkOf(of), atMs, 100));
    }),
  );
  let asked = 0;
  const dead: LinkModel = {
    stateAt: () => {
      asked++;
      return state({ up: false });
    },
    nextChangeAfter: (afterMs) => Math.floor(afterMs / 1000 + 1) * 1000,
  };
  for (let atMs = 0; atMs < 10_000; atMs += 10) expect(earliestArrivalMs(dead, atMs, 0)).toBe(Number.POSITIVE_INFINITY);
  expect(asked).toBeLessThan(3620); // an hour of seconds, and the ten seconds that followed
});
