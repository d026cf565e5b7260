import { expect, test } from 'vitest';
import { chaosPage, type JudgedFault } from '../../../../benchmarks/chaos/timeline/chaos-page.ts';

const fault = (over: Partial<JudgedFault> = {}): JudgedFault => ({
  host: 'local',
  window: { name: 'fast-fail: node a', leaves: { afterFailures: 5 } },
  cost: {
    ...{ sentBefore: 4, lostUnbegun: 1, ofThoseTriedUp: 1, cut: 2, leftAfterMs: 924.2, mayLeaveAfterMs: 1004.5 },
    ...{ extraAttempts: 5, extraElsewhere: 0, mostAttempts: 2, budget: { least: 50, most: 52 } },
  },
  broken: [],
  ...over,
});

test('the page of results has a row a fault and host, and says whether every claim holds', () => {
  const slow = fault({ host: 'simulate', window: { name: 'slow x10: node a', leaves: null } });
  const page = chaosPage([fault(), { ...slow, cost: { ...slow.cost, mayLeaveAfterMs: null } }], ['2026-01-01']);
  expect(page).toContain('\n- 2026-01-01\n');
  expect(page).toContain('| fast-fail: node a | local | 4 | 1 | 1 | 2 | 0.92 s | 1.00 s (5 failures) | 5 | 52 |\n');
  expect(page).toContain('| slow x10: node a | simulate | 4 | 1 | 1 | 2 | 0.92 s | - | 5 | 52 |\n');
  expect(page).toMatch(/\nEvery claim holds: /);
});

test('the page names each claim that is broken, and where', () => {
  const page = chaosPage([fault({ broken: ['a request had 3 attempts, more than 2'] })], []);
  expect(page).toContain('\n- BROKEN: fast-fail: node a on local: a request had 3 attempts, more than 2\n');
  expect(page).not.toContain('Every claim holds');
});
