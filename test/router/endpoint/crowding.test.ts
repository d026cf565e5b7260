import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Crowding } from '../../../router/endpoint/crowding.ts';

test('a router that is alone has exactly 1, whenever reports come', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ inMs: fc.double({ min: 0, max: 60_000, noNaN: true }), came: fc.nat(30) })),
      (reports) => {
        const crowding = new Crowding(1);
        let [atMs, received] = [0, 0];
        for (const { inMs, came } of reports) {
          atMs += inMs;
          received += came;
          crowding.reported(0, { atMs, received, sent: received });
        }
        expect(crowding.ratio[0]).toBe(1);
      },
    ),
  );
});

test('it is never below 1, nor without end, whatever a node says', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ atMs: fc.nat(1e6), received: fc.nat(1e6), sent: fc.nat(1e6) })), (reports) => {
      const crowding = new Crowding(1);
      for (const report of reports) crowding.reported(0, report);
      expect(crowding.ratio[0]).toBeGreaterThanOrEqual(1);
      expect(Number.isFinite(crowding.ratio[0])).toBe(true);
    }),
  );
});

test('a node that counts anew, or does not count, says nothing', () => {
  const crowding = new Crowding(2);
  for (const [atMs, received] of [
    [0, 500],
    [100, 3],
  ] as const)
    crowding.reported(0, { atMs, received, sent: 0 });
  crowding.reported(1, { atMs: 0, received: Number.NaN, sent: 0 });
  crowding.reported(1, { atMs: 100, received: Number.NaN, sent: 9 });
  expect([...crowding.ratio]).toEqual([1, 1]);
});

test('it follows others that come and go within some tens of seconds', () => {
  const crowding = new Crowding(1);
  let [received, sent] = [0, 0];
  const after = (seconds: number, others: number): number => {
    for (let second = 0; second < seconds; second++) {
      crowding.reported(0, { atMs: 1000 * (sent / 2), received, sent });
      sent += 2;
      received += 2 + others;
    }
    return crowding.ratio[0]!;
  };
  expect(after(40, 0)).toBe(1);
  expect(after(40, 6)).toBeGreaterThan(3.6);
  expect(after(60, 0)).toBeLessThan(1.1);
});
