import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRng } from '../../../../core/random/rng.ts';
import { VirtualClock } from '../../../../core/time/virtual-clock.ts';
import { Lane, LinkEmulator } from '../../../../netem/links/model/link-emulator.ts';
import type { LinkModel, LinkState } from '../../../../netem/links/model/link-model.ts';

const PERFECT: LinkState = { up: true, delayUs: 10_000, jitterUs: 0, lossRate: 0, rateKbps: 0 };

/** A link that is `first`, then each next state from its instant on. */
const scripted = (
  first: Partial<LinkState>,
  ...then: readonly [atMs: number, state: Partial<LinkState>][]
): LinkModel => ({
  stateAt: (atMs) => ({ ...PERFECT, ...(then.findLast(([fromMs]) => atMs >= fromMs)?.[1] ?? first) }),
  nextChangeAfter: (afterMs) => then.find(([fromMs]) => fromMs > afterMs)?.[0] ?? null,
});

/** When messages of `bytes`, sent at these instants, arrive. */
const arrivals = (link: LinkModel, sends: readonly (readonly [atMs: number, bytes: number])[]): number[] => {
  const clock = new VirtualClock();
  const emulator = new LinkEmulator({ name: 'a-b', link, clock, rng: seededRng(1) });
  const at: number[] = [];
  for (const [atMs, bytes] of sends) clock.at(atMs, () => emulator.send(bytes, (dueMs) => at.push(dueMs)));
  clock.runUntil(1e6);
  return at;
};

describe('a link emulator', () => {
  test('delivers a message after the delay of the instant it left', () => {
    const link = scripted({}, [100, { delayUs: 30_000 }]);
    expect(
      arrivals(link, [
        [0, 1],
        [99, 1],
        [100, 1],
      ]),
    ).toEqual([10, 109, 130]);
  });

  test('serialises at the rate, one message behind the other', () => {
    const link = scripted({ rateKbps: 8000 }); // a byte a microsecond
    expect(
      arrivals(link, [
        [0, 5000],
        [0, 5000],
        [20, 1000],
      ]),
    ).toEqual([15, 20, 31]);
  });

  test('delivers a round trip later what finds its bounded queue full', () => {
    const link = scripted({ rateKbps: 8000, queue: { limit: 4, unit: 'ms', drop: 'tail' } });
    expect(
      arrivals(link, [
        [0, 5000],
        [0, 1000],
        [2, 1000],
      ]),
    ).toEqual([15, 36, 36]);
  });

  test('loses packets in bursts: the share of late messages is that of the chain', () => {
    const link = scripted({ burst: { p: 0.05, r: 0.2, lossInBad: 1, lossInGood: 0 } });
    const sends = Array.from({ length: 20_000 }, (_, index) => [index * 45, 100] as const);
    const late = arrivals(link, sends).filter((atMs, index) => atMs - index * 45 > 20).length;
    expect(late / 20_000).toBeCloseTo(0.2, 1);
  });

  test('holds while the link is down what was sent then, and flushes it after', () => {
    const link = scripted({}, [50, { up: false }], [200, {}]);
    expect(
      arrivals(link, [
        [49, 1],
        [50, 1],
        [120, 1],
        [201, 1],
      ]),
    ).toEqual([59, 210, 210, 211]);
  });

  test('delivers nothing over a link that never comes up', () => {
    expect(arrivals(scripted({ up: false }), [[0, 1]])).toEqual([]);
    const endless: LinkModel = {
      stateAt: () => ({ ...PERFECT, up: false }),
      nextChangeAfter: (afterMs) => afterMs + 1000,
    };
    expect(
      arrivals(endless, [
        [0, 1],
        [5, 1],
      ]),
    ).toEqual([]);
  });

  test('a loss holds up what is behind it in its lane, and no other lane', () => {
    const clock = new VirtualClock();
    const link = scripted({ lossRate: 1 }, [1, {}]);
    const emulator = new LinkEmulator({ name: 'a-b', link, clock, rng: seededRng(1) });
    const [lossy, other, probe] = [false, false, true].map((losesNothing) => new Lane({ losesNothing }));
    const at: (readonly [string, number])[] = [];
    const send = (what: string, lane: Lane | undefined): void =>
      emulator.send(1, (dueMs) => at.push([what, dueMs]), lane);
    clock.at(0, () => {
      send('lost', lossy);
      send('probe', probe);
    });
    clock.at(2, () => {
      send('behind', lossy);
      send('beside', other);
    });
    clock.runUntil(100);
    expect(at).toEqual([
      ['probe', 10],
      ['beside', 12],
      ['lost', 30],
      ['behind', 30],
    ]);
  });

  test('says when a message would arrive, and Infinity for one that is never sent', () => {
    const clock = new VirtualClock();
    const link = scripted({}, [50, { up: false }], [200, {}]);
    const emulator = new LinkEmulator({ name: 'a-b', link, clock, rng: seededRng(1) });
    expect([0, 60, 300, Number.POSITIVE_INFINITY].map((atMs) => emulator.arrivalMs(atMs))).toEqual([
      10,
      210,
      310,
      Number.POSITIVE_INFINITY,
    ]);
  });

  test('makes a falling delay wait for what is ahead: messages keep their order', () => {
    const link = scripted({ delayUs: 50_000 }, [10, { delayUs: 5000 }]);
    expect(
      arrivals(link, [
        [9, 1],
        [10, 1],
        [60, 1],
      ]),
    ).toEqual([59, 59, 65]);
  });

  test('I6: keeps the order whatever the link does, and is never earlier than delay less jitter', () => {
    const state = fc.record({
      up: fc.boolean(),
      delayUs: fc.integer({ min: 0, max: 80_000 }),
      jitterUs: fc.integer({ min: 0, max: 20_000 }),
      lossRate: fc.double({ min: 0, max: 0.3, noNaN: true }),
      rateKbps: fc.constantFrom(0, 1000, 100_000),
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 500 }), state), { maxLength: 8 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 9000 })), {
          minLength: 1,
          maxLength: 60,
        }),
        (changes, sends) => {
          const ordered = changes.toSorted((a, b) => a[0] - b[0]);
          const link = scripted({}, ...ordered, [700, {}]);
          const inOrder = sends.toSorted((a, b) => a[0] - b[0]);
          const at = arrivals(link, inOrder);
          expect(at).toHaveLength(sends.length);
          expect(at).toEqual(at.toSorted((a, b) => a - b));
          expect(inOrder.every(([sentMs], index) => at[index]! >= sentMs)).toBe(true);
        },
      ),
    );
  });

  test('spreads jitter evenly over its half-width, the same for the same name', () => {
    const sends = Array.from({ length: 2000 }, (_, index) => [index * 50, 1] as const);
    const at = arrivals(scripted({ jitterUs: 4000 }), sends);
    const extra = at.map((atMs, index) => atMs - index * 50 - 10).sort((a, b) => a - b);
    expect(extra[0]).toBeGreaterThanOrEqual(-4);
    expect(extra.at(-1)).toBeLessThanOrEqual(4);
    expect(extra[500]).toBeCloseTo(-2, 0);
    expect(extra[1500]).toBeCloseTo(2, 0);
    expect(arrivals(scripted({ jitterUs: 4000 }), sends)).toEqual(at);
  });

  test('turns a lost packet into one more round trip, at the loss rate', () => {
    const sends = Array.from({ length: 5000 }, (_, index) => [index * 100, 100] as const);
    const late = arrivals(scripted({ lossRate: 0.05 }), sends).filter((atMs, index) => atMs - index * 100 > 10);
    expect(late.length / 5000).toBeCloseTo(0.05, 1);
    expect(late.every((atMs) => Math.abs((atMs % 100) - 30) < 1e-6)).toBe(true);
  });
});
