import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HeldBudget } from '../../../../router/io/frame-proxy/held-budget.ts';

/** Enough that equal shares, each counted when its client came, would be more than as much again in all. */
const CLIENTS = 9;

test('clients hold no more than twice the budget, whoever asks for room and in whatever order, and nothing in the end', () => {
  const steps = fc.array(fc.tuple(fc.nat({ max: CLIENTS - 1 }), fc.integer({ min: 1, max: 60 })), { maxLength: 300 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 200 }), (asked, maxBytes) => {
      const budget = new HeldBudget(maxBytes);
      const clients = Array.from({ length: CLIENTS }, () => ({ account: budget.account(), bytes: 0 }));
      for (const [who, bytes] of asked) {
        const client = clients[who]!;
        if (!client.account.admits(bytes)) continue;
        client.account.add(bytes);
        client.bytes += bytes;
        expect(budget.bytes).toBeLessThanOrEqual(2 * maxBytes);
      }
      for (const { account, bytes } of clients) account.add(-bytes);
      expect(budget.bytes).toBe(0);
    }),
  );
});

test('where the room is used up by one client, another has its share, and the first gets no more', () => {
  const budget = new HeldBudget(100);
  const [greedy, modest] = [budget.account(), budget.account()];
  greedy.add(100);
  expect(greedy.admits(1)).toBe(false);
  expect(modest.admits(50)).toBe(true);
  modest.add(50);
  expect(modest.admits(1)).toBe(false);
  greedy.add(-60);
  expect([greedy.admits(10), modest.admits(10)]).toEqual([true, true]);
});
