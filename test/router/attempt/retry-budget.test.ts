import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Blame } from '../../../router/attempt/ending.ts';
import { RetryBudget } from '../../../router/attempt/retry-budget.ts';

const failNode = (budget: RetryBudget, times: number): void => {
  for (let time = 0; time < times; time++) budget.failed(0, 'node');
};

test('a failure takes a token, and at the half nothing more is allowed until answers bring it back', () => {
  const budget = new RetryBudget({ budgetTokens: 10, budgetPerSuccess: 0.25 });
  failNode(budget, 4);
  expect([budget.tokens, budget.allows]).toEqual([6, true]);
  failNode(budget, 1);
  expect([budget.tokens, budget.allows]).toEqual([5, false]);
  budget.succeeded(0);
  expect([budget.tokens, budget.allows]).toEqual([5.25, true]);
});

test('a lost connection counts once, however many requests it had, and again once its path has answered', () => {
  const budget = new RetryBudget({ budgetTokens: 10, budgetPerSuccess: 1 });
  for (let request = 0; request < 50; request++) budget.failed(3, 'path');
  expect(budget.tokens).toBe(9);
  budget.failed(2, 'path');
  expect(budget.tokens).toBe(8);
  budget.succeeded(3);
  budget.failed(3, 'path');
  expect(budget.tokens).toBe(8);
});

test('0 tokens are no budget', () => {
  const budget = new RetryBudget({ budgetTokens: 0, budgetPerSuccess: 1 });
  failNode(budget, 1000);
  expect(budget.allows).toBe(true);
});

test('over any sequence the tokens stay within their bounds, and what nothing but the budget bounds stays within half of them and what came back', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('spend' as const) }),
    fc.record({ kind: fc.constant('succeeded' as const), endpoint: fc.nat(2) }),
    fc.record({
      kind: fc.constant('failed' as const),
      endpoint: fc.nat(2),
      fault: fc.constantFrom<Blame>('node', 'path', 'client', 'none'),
    }),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 40 }), // of 1 token the last half is spent as if it were whole
      fc.double({ min: 0.01, max: 2, noNaN: true }),
      fc.array(step, { maxLength: 300 }),
      (tokens, perSuccess, steps) => {
        const budget = new RetryBudget({ budgetTokens: tokens, budgetPerSuccess: perSuccess });
        let spent = 0;
        let back = 0;
        for (const { kind, ...of } of steps) {
          if (kind === 'spend' && budget.allows) {
            budget.spend();
            spent++;
          } else if (kind === 'succeeded' && 'endpoint' in of) {
            budget.succeeded(of.endpoint as number);
            back += perSuccess;
          } else if (kind === 'failed' && 'fault' in of) budget.failed(of.endpoint as number, of.fault as Blame);
          expect(budget.tokens).toBeGreaterThanOrEqual(0);
          expect(budget.tokens).toBeLessThanOrEqual(tokens);
          expect(spent).toBeLessThanOrEqual(tokens / 2 + back + 1 + 1e-9);
        }
      },
    ),
  );
});

test('another budget starts with the share that was left of the one before', () => {
  const budget = new RetryBudget({ budgetTokens: 10, budgetPerSuccess: 1 });
  failNode(budget, 4);
  budget.retune({ budgetTokens: 100, budgetPerSuccess: 1 });
  expect([budget.tokens, budget.allows]).toEqual([60, true]);
  budget.retune({ budgetTokens: 0, budgetPerSuccess: 1 });
  budget.retune({ budgetTokens: 20, budgetPerSuccess: 1 });
  expect(budget.tokens).toBe(20);
});
