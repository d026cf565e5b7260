import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LinkModel, LinkState } from '../../../../netem/links/model/link-model.ts';
import { FROM, SteadyLink, TO, TRAVEL } from '../../../../netem/links/model/steady-link.ts';
import { travelMs } from '../../../../netem/links/model/travel.ts';

const JITTER_KEY = 77;

/** States in turn, each for `everyMs`. */
const linkOf = (states: readonly LinkState[], everyMs: number): LinkModel => ({
  stateAt: (atMs) => states[Math.floor(atMs / everyMs) % states.length]!,
  nextChangeAfter: (afterMs) => (Math.floor(afterMs / everyMs) + 1) * everyMs,
});

const state = fc.record({
  up: fc.boolean(),
  delayUs: fc.integer({ min: 0, max: 50_000 }),
  jitterUs: fc.constantFrom(0, 0, 300, 90_000),
  lossRate: fc.constantFrom(0, 0.01),
  rateKbps: fc.constantFrom(0, 1000),
});

/** Beside the edges of windows of 10 ms and of states, and anywhere. */
const atMs = fc.oneof(
  fc.double({ min: 0, max: 200, noNaN: true }),
  fc.tuple(fc.integer({ min: 1, max: 40 }), fc.constantFrom(-1e-9, -3e-14, 0, 1e-9)).map(([n, by]) => n * 5 + by),
);

test('a steady link is as the link itself at each instant, whatever the order of instants', () => {
  fc.assert(
    fc.property(
      fc.array(state, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(4, 25, 1000),
      fc.array(atMs, { minLength: 1, maxLength: 80 }),
      (states, everyMs, instants) => {
        const link = linkOf(states, everyMs);
        const steady = new SteadyLink(link, JITTER_KEY);
        for (const at of instants) {
          if (!(at >= steady.cells[FROM]! && at < steady.cells[TO]!)) steady.moveTo(at);
          expect(steady.state).toBe(link.stateAt(at));
          expect(steady.cells[TRAVEL]).toBe(travelMs(link.stateAt(at), JITTER_KEY, at));
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('a link is asked once while it stays as it is', () => {
  let asked = 0;
  const link = linkOf([{ up: true, delayUs: 1000, jitterUs: 100, lossRate: 0, rateKbps: 0 }], 1000);
  const counting = {
    ...link,
    stateAt: (at: number) => {
      asked++;
      return link.stateAt(at);
    },
  };
  const steady = new SteadyLink(counting, JITTER_KEY);
  for (let at = 0; at < 1500; at++) if (!(at >= steady.cells[FROM]! && at < steady.cells[TO]!)) steady.moveTo(at);
  expect(asked).toBe(2);
});
