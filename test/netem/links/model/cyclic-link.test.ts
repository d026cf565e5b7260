import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cyclicLink } from '../../../../netem/links/model/cyclic-link.ts';
import type { LinkModel } from '../../../../netem/links/model/link-model.ts';

/** A link whose delay is the number of `changes` that are behind it, so that every state tells when it holds. */
const stepLink = (changes: readonly number[]): LinkModel => ({
  stateAt: (atMs) => ({
    up: true,
    delayUs: changes.filter((change) => change <= atMs).length,
    jitterUs: 0,
    lossRate: 0,
    rateKbps: 0,
  }),
  nextChangeAfter: (afterMs) => changes.find((change) => change > afterMs) ?? null,
});

const CYCLE_MS = 60_000;
const changesArbitrary = fc
  .uniqueArray(fc.integer({ min: 1, max: 20 * CYCLE_MS }), { minLength: 1, maxLength: 12 })
  .map((tenths) => tenths.toSorted((a, b) => a - b).map((tenth) => tenth / 10));
const atArbitrary = fc.double({ min: 0, max: 1e9, noNaN: true });

describe('a link that restarts with each cycle', () => {
  test('has at any time its state of the first cycle', () => {
    fc.assert(
      fc.property(changesArbitrary, fc.nat(1e6), fc.nat(CYCLE_MS - 1), (changes, cycle, atMs) => {
        const link = stepLink(changes);
        expect(cyclicLink(link, CYCLE_MS).stateAt(cycle * CYCLE_MS + atMs)).toEqual(link.stateAt(atMs));
      }),
    );
  });

  test('steps from change to change, misses none, and shows the new state at each', () => {
    fc.assert(
      fc.property(changesArbitrary, atArbitrary, (changes, fromMs) => {
        const cyclic = cyclicLink(stepLink(changes), CYCLE_MS);
        let afterMs = fromMs;
        for (let step = 0; step < 2 * changes.length + 3; step++) {
          const nextMs = cyclic.nextChangeAfter(afterMs)!;
          expect(nextMs).toBeGreaterThan(afterMs);
          const state = cyclic.stateAt(afterMs);
          for (const part of [0.25, 0.5, 0.75]) {
            const betweenMs = afterMs + (nextMs - afterMs) * part;
            if (betweenMs < nextMs) expect(cyclic.stateAt(betweenMs)).toEqual(state);
          }
          afterMs = nextMs;
        }
      }),
    );
  });

  test('changes when the cycle does, however far away the next change of the link is', () => {
    const never: LinkModel = { ...stepLink([]), nextChangeAfter: () => null };
    expect(cyclicLink(never, CYCLE_MS).nextChangeAfter(0)).toBe(CYCLE_MS);
    expect(cyclicLink(stepLink([CYCLE_MS * 1.5]), CYCLE_MS).nextChangeAfter(CYCLE_MS + 1)).toBe(2 * CYCLE_MS);
  });

  test('shows the new state at a change whose instant cannot be written exactly so late', () => {
    const changeMs = 15_000.1;
    const cyclic = cyclicLink(stepLink([changeMs]), CYCLE_MS);
    for (let cycle = 1; cycle < 3000; cycle++) {
      const nextMs = cyclic.nextChangeAfter(cycle * CYCLE_MS)!;
      expect(cyclic.stateAt(nextMs).delayUs).toBe(1);
      expect(cyclic.nextChangeAfter(nextMs)).toBe((cycle + 1) * CYCLE_MS);
    }
  });
});
