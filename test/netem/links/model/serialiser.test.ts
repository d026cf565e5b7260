import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LinkState, QueueBound } from '../../../../netem/links/model/link-model.ts';
import { freeLine, Serialiser } from '../../../../netem/links/model/serialiser.ts';

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
  const serialiser = new Serialiser();
  return packets.map(({ atMs, bytes }) =>
    serialiser.isFull(atMs, link) ? null : serialiser.leaveAtMs(bytes, atMs, link),
  );
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

describe('packets before a rate', () => {
  test('leave one after another', () => {
    expect(passed([...burst(2), { atMs: 5, bytes: 500 }], state({}))).toEqual([1, 2, 5.5]);
    expect(passed(burst(2), state({ rateKbps: 0 }))).toEqual([0, 0]);
  });

  test('wait in a queue without a bound, and are dropped by one that is full', () => {
    expect(passed(burst(6), state({}))).toEqual([1, 2, 3, 4, 5, 6]);
    for (const queue of [
      { limit: 2, unit: 'ms', drop: 'tail' },
      { limit: 2000, unit: 'bytes', drop: 'front' },
    ] as const) {
      expect(passed(burst(6), state({ queue }))).toEqual([1, 2, 3, null, null, null]);
    }
  });

  test('are not dropped where the rate is unlimited, or where nobody waits', () => {
    const queue = { limit: 0, unit: 'bytes', drop: 'tail' } as const;
    expect(passed(burst(3), state({ queue, rateKbps: 0 }))).toEqual([0, 0, 0]);
    expect(passed([...burst(1), ...burst(1, 1), ...burst(2, 7)], state({ queue }))).toEqual([1, 2, 8, null]);
  });

  test('keep their order, and wait no longer than the bound allows', () => {
    const anyBound: fc.Arbitrary<QueueBound> = fc.record({
      limit: fc.integer({ min: 0, max: 20_000 }),
      unit: fc.constant('bytes' as const),
      drop: fc.constant('tail' as const),
    });
    fc.assert(
      fc.property(anyPackets, anyBound, (packets, queue) => {
        const leftAtMs = passed(packets, state({ queue }));
        const left = leftAtMs.filter((atMs) => atMs !== null);
        expect(left).toEqual(left.toSorted((a, b) => a - b));
        leftAtMs.forEach((atMs, index) => {
          if (atMs === null) return;
          const { atMs: sentAtMs, bytes } = packets[index]!;
          expect(atMs - sentAtMs).toBeLessThanOrEqual((queue.limit + bytes) / 1000 + 1e-9);
        });
      }),
    );
  });

  test('of one size leave at the instants at which they leave a queue that drops the one that has waited longest', () => {
    /** Packets of a millisecond each; those that wait are dropped from the front. */
    const frontDrop = (sentAtMs: readonly number[], limitMs: number): readonly number[] => {
      const leftAtMs: number[] = [];
      let waiting = 0;
      let freeAtMs = 0; // of the packet that is being sent
      const serveUntil = (atMs: number): void => {
        for (; waiting > 0 && freeAtMs <= atMs; waiting--) leftAtMs.push(++freeAtMs);
      };
      for (const atMs of sentAtMs) {
        serveUntil(atMs);
        if (freeAtMs <= atMs) {
          freeAtMs = atMs + 1;
          leftAtMs.push(freeAtMs);
        } else {
          waiting++;
          // The new one is in the queue, but only those before it count against the bound.
          while (waiting > 0 && freeAtMs - atMs + waiting - 1 > limitMs) waiting--;
        }
      }
      serveUntil(Number.POSITIVE_INFINITY);
      return leftAtMs;
    };
    fc.assert(
      fc.property(anyPackets, fc.integer({ min: 0, max: 20 }), (packets, limit) => {
        const queue = { limit, unit: 'ms', drop: 'front' } as const;
        const ours = passed(
          packets.map(({ atMs }) => ({ atMs, bytes: 1000 })),
          state({ queue }),
        );
        const theirs = frontDrop(
          packets.map(({ atMs }) => atMs),
          limit,
        );
        expect(ours.filter((atMs) => atMs !== null)).toEqual(theirs);
      }),
    );
  });
});

describe('two links that share a line', () => {
  test('wait for each other', () => {
    const line = freeLine();
    const [one, other] = [0, 1].map(() => new Serialiser([{ line, rateKbps: null }]));
    expect(one!.leaveAtMs(1000, 0, state({}))).toBe(1);
    expect(other!.leaveAtMs(1000, 0, state({}))).toBe(2);
    expect(one!.startsAtMs(0)).toBe(2);
  });

  test('pass a second line while they pass the first: the slower one counts, once', () => {
    const down = { line: freeLine(), rateKbps: 4000 };
    const [one, other] = [0, 1].map(() => new Serialiser([{ line: freeLine(), rateKbps: null }, down]));
    expect(one!.leaveAtMs(1000, 0, state({}))).toBe(2);
    expect(other!.leaveAtMs(1000, 0, state({}))).toBe(4); // their own lines are free: the one they share is not
    expect(one!.startsAtMs(0)).toBe(1);
  });
});
