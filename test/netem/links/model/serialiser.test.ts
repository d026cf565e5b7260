import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../../core/time/virtual-clock.ts';
import type { LinkState, QueueBound } from '../../../../netem/links/model/link-model.ts';
import { ownRate, Serialiser, type SharedRate } from '../../../../netem/links/model/serialiser.ts';

const state = (change: Partial<LinkState>): LinkState => ({
  up: true,
  delayUs: 0,
  jitterUs: 0,
  lossRate: 0,
  rateKbps: 8000, // 1000 bytes a millisecond
  ...change,
});

interface Sent {
  readonly atMs: number;
  readonly bytes: number;
}

/** When each packet left; null for one that was dropped. */
const passed = (packets: readonly Sent[], link: LinkState): readonly (number | null)[] => {
  const clock = new VirtualClock();
  const serialiser = new Serialiser(clock);
  const leftAtMs: (number | null)[] = packets.map(() => null);
  packets.forEach(({ atMs, bytes }, index) => {
    clock.at(atMs, () => serialiser.enter(bytes, link, (leaveAtMs) => (leftAtMs[index] = leaveAtMs)));
  });
  clock.runUntil(1e9);
  return leftAtMs;
};
const burst = (count: number, atMs = 0): readonly Sent[] =>
  Array.from({ length: count }, () => ({ atMs, bytes: 1000 }));

const anyPackets = fc
  .array(fc.record({ gapMs: fc.integer({ min: 0, max: 3 }), bytes: fc.integer({ min: 40, max: 1500 }) }), {
    minLength: 1,
  })
  .map((packets) => {
    let atMs = 0;
    return packets.map(({ gapMs, bytes }): Sent => {
      atMs += gapMs;
      return { atMs, bytes };
    });
  });
const anyBound: fc.Arbitrary<QueueBound> = fc.record({
  limit: fc.integer({ min: 0, max: 20_000 }),
  unit: fc.constant('bytes' as const),
  drop: fc.constantFrom('tail' as const, 'front' as const),
});

describe('packets before a rate', () => {
  test('leave one after another', () => {
    expect(passed([...burst(2), { atMs: 5, bytes: 500 }], state({}))).toEqual([1, 2, 5.5]);
    expect(passed(burst(2), state({ rateKbps: 0 }))).toEqual([0, 0]);
  });

  test('wait in a queue without a bound, and are dropped by one with a bound: the last, or the first that waits', () => {
    const limit = { limit: 2, unit: 'ms' } as const; // two packets wait behind the one that is being sent
    expect(passed(burst(6), state({}))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(passed(burst(6), state({ queue: { ...limit, drop: 'tail' } }))).toEqual([1, 2, 3, null, null, null]);
    expect(passed(burst(6), state({ queue: { ...limit, drop: 'front' } }))).toEqual([1, null, null, null, 2, 3]);
    const inBytes = { limit: 2000, unit: 'bytes', drop: 'tail' } as const;
    expect(passed(burst(6), state({ queue: inBytes }))).toEqual([1, 2, 3, null, null, null]);
  });

  test('are not dropped where the rate is unlimited, or where nobody waits', () => {
    const queue = { limit: 0, unit: 'bytes', drop: 'tail' } as const;
    expect(passed(burst(3), state({ queue, rateKbps: 0 }))).toEqual([0, 0, 0]);
    expect(passed([...burst(1), ...burst(1, 1), ...burst(2, 7)], state({ queue }))).toEqual([1, 2, 8, null]);
  });

  test('keep their order whatever the bound, and what leaves had no longer to wait than the bound allows', () => {
    fc.assert(
      fc.property(anyPackets, anyBound, (packets, queue) => {
        const leftAtMs = passed(packets, state({ queue }));
        const left = leftAtMs.filter((atMs) => atMs !== null);
        expect(left).toEqual(left.toSorted((a, b) => a - b));
        leftAtMs.forEach((atMs, index) => {
          if (atMs === null) return;
          const { atMs: sentAtMs, bytes } = packets[index]!;
          // Behind the bound there is at most the packet that made it full.
          expect(atMs - sentAtMs).toBeLessThanOrEqual((queue.limit + bytes + 1500) / 1000 + 1e-9);
        });
      }),
    );
  });

  test('are lost in equal numbers at either end, where all are of one size', () => {
    fc.assert(
      fc.property(anyPackets, fc.integer({ min: 0, max: 20 }), (packets, limit) => {
        const equal = packets.map(({ atMs }) => ({ atMs, bytes: 1000 }));
        const left = (drop: 'tail' | 'front') =>
          passed(equal, state({ queue: { limit, unit: 'ms', drop } })).filter((atMs) => atMs !== null);
        expect(left('front')).toEqual(left('tail'));
      }),
    );
  });
});

describe('two links that share a rate', () => {
  const pair = (shared: SharedRate) => {
    const clock = new VirtualClock();
    return [new Serialiser(clock, [shared]), new Serialiser(clock, [shared])] as const;
  };

  test('wait for each other', () => {
    const [one, other] = pair(ownRate());
    expect(one.leaveAtMs(1000, 0, state({}))).toBe(1);
    expect(other.leaveAtMs(1000, 0, state({}))).toBe(2);
    expect(one.startsAtMs(0)).toBe(2);
  });

  test('pass a second rate while they pass the first: the slower one counts, once', () => {
    const clock = new VirtualClock();
    const down: SharedRate = { freeAtMs: Number.NEGATIVE_INFINITY, rateKbps: 4000 };
    const [one, other] = [0, 1].map(() => new Serialiser(clock, [ownRate(), down]));
    expect(one!.leaveAtMs(1000, 0, state({}))).toBe(2);
    expect(other!.leaveAtMs(1000, 0, state({}))).toBe(4); // their own rates are free: the one they share is not
    expect(one!.startsAtMs(0)).toBe(1);
  });

  test('and drop from the front: each waits until the other has passed', () => {
    const clock = new VirtualClock();
    const shared = ownRate();
    const [one, other] = [new Serialiser(clock, [shared]), new Serialiser(clock, [shared])];
    const queue = { limit: 100, unit: 'ms', drop: 'front' } as const;
    const leftAtMs: number[] = [];
    for (const serialiser of [one, other, one, other]) {
      serialiser.enter(1000, state({ queue }), (atMs) => leftAtMs.push(atMs));
    }
    clock.runUntil(100);
    expect(leftAtMs).toEqual([1, 2, 3, 4]);
  });
});
