import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadShares } from '../../../services/client/load-shares.ts';

test('the heaviest clients go to the processes that have least', () => {
  const clients = [
    { name: 'a', share: 1 },
    { name: 'b', share: 5 },
    { name: 'c', share: 3 },
    { name: 'd', share: 2 },
  ];
  expect(loadShares(clients, 2)).toEqual([
    ['b', 'a'],
    ['c', 'd'],
  ]);
  expect(loadShares(clients, 1)).toEqual([['b', 'c', 'd', 'a']]);
});

test('each client is in one process, and no process is without one', () => {
  const clients = fc
    .array(fc.double({ min: 0.1, max: 100, noNaN: true }), { minLength: 1, maxLength: 12 })
    .map((shares) => shares.map((share, index) => ({ name: `c${index}`, share })));
  fc.assert(
    fc.property(clients, fc.integer({ min: 1, max: 20 }), (of, processes) => {
      const shares = loadShares(of, processes);
      expect(shares.flat().sort()).toEqual(of.map(({ name }) => name).sort());
      expect(shares).toHaveLength(Math.min(processes, of.length));
      for (const share of shares) expect(share.length).toBeGreaterThan(0);
    }),
  );
});
