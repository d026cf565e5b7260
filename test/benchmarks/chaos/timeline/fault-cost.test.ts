import { describe, expect, test } from 'vitest';
import { brokenClaims, lateBy } from '../../../../benchmarks/chaos/timeline/fault-claims.ts';
import { faultCost } from '../../../../benchmarks/chaos/timeline/fault-cost.ts';
import { type FaultWindow, faultWindows } from '../../../../benchmarks/chaos/timeline/fault-window.ts';
import type { Event, Outcome } from '../../../../core/event/event.ts';

const routed = (atMs: number, request: number, endpoint: string, attempt = 1): Event => ({
  ...{ kind: 'routed', atMs, request, attempt, endpoint },
});
const served = (atMs: number, request: number, outcome: Outcome): Event => ({
  ...{ kind: 'served', atMs, request, attempt: 1, node: 'a', outcome, tokens: 1 },
});
const token = (atMs: number, request: number): Event => ({ kind: 'first-token', atMs, request });
const finished = (atMs: number, request: number, outcome: Outcome): Event => ({
  ...{ kind: 'finished', atMs, request, outcome, tokens: 0, status: 'X' },
});

const window: FaultWindow = {
  ...{ name: 'hang: node a', hit: 'a/', fromMs: 1000, untilMs: 3000, judgedUntilMs: 5000 },
  leaves: { withinMs: 1000 },
};
const costOf = (events: readonly Event[], over: Partial<FaultWindow> = {}, budgetTokens = 100) =>
  faultCost(events, { ...window, ...over }, { maxAttempts: 2, retry: { budgetTokens, budgetPerSuccess: 0.5 } });
const claimsOf = (events: readonly Event[], over: Partial<FaultWindow> = {}, budgetTokens = 100) =>
  brokenClaims(costOf(events, over, budgetTokens), { lateMs: 10, maxAttempts: 2 });

const usual: readonly Event[] = [
  routed(900, 1, 'a/fibre'),
  token(950, 1),
  routed(990, 2, 'a/fibre'),
  finished(1200, 1, 'failed'), // it had begun
  routed(1500, 2, 'b/fibre', 2),
  token(1600, 2),
  finished(1700, 2, 'answered'),
  routed(1900, 3, 'a/laser'),
  token(3100, 3),
  finished(3200, 3, 'answered'),
];

describe('a fault costs', () => {
  test('what was cut, and attempts of those that it hit; all of that may be', () => {
    expect(costOf(usual)).toEqual({
      ...{ sentBefore: 2, lostUnbegun: 0, ofThoseTriedUp: 0, cut: 1, leftAfterMs: 900, mayLeaveAfterMs: 1000 },
      ...{ extraAttempts: 1, extraElsewhere: 0, mostAttempts: 2, budget: { least: 50, most: 51 } },
    });
    expect(claimsOf(usual)).toEqual([]);
  });

  test('no request that had not begun, unless its attempts were used up', () => {
    expect(claimsOf([...usual, routed(1100, 4, 'a/fibre'), finished(1300, 4, 'failed')])).toEqual([
      '1 requests were lost that had not begun and had attempts left, as had the budget',
    ]);
    const tried = [routed(1100, 4, 'a/fibre'), routed(1200, 4, 'a/laser', 2), finished(1300, 4, 'failed')];
    expect(costOf([...usual, ...tried])).toMatchObject({ lostUnbegun: 1, ofThoseTriedUp: 1 });
    expect(claimsOf([...usual, ...tried])).toEqual([]);
    // What ends after the next fault began is not of this one.
    expect(claimsOf([...usual, routed(1100, 4, 'a/fibre'), finished(5300, 4, 'failed')])).toEqual([]);
  });

  test('no request that is sent there after the time in which it is left, and the host was late', () => {
    expect(claimsOf([...usual, routed(2009, 4, 'a/fibre')])).toEqual([]);
    expect(claimsOf([...usual, routed(2011, 4, 'a/fibre')])).toEqual([
      'something was sent there after 1011 ms, later than 1010',
    ]);
    expect(claimsOf([...usual, routed(2011, 4, 'a/fibre')], { leaves: null })).toEqual([]);
  });

  test('no attempt of others, and none too many', () => {
    expect(claimsOf([...usual, routed(1100, 4, 'b/fibre'), routed(1200, 4, 'c/fibre', 2)])).toEqual([
      '1 extra attempts of requests that it did not hit',
    ]);
    expect(claimsOf([...usual, routed(1100, 4, 'a/fibre'), routed(1200, 4, 'c/fibre', 3)])).toEqual([
      'a request had 3 attempts, more than 2',
    ]);
  });

  test('no more attempts than the budget allows, which forbids them to those that are lost then', () => {
    const lost = [routed(1100, 4, 'a/fibre'), finished(1300, 4, 'failed')];
    expect(claimsOf([...usual, ...lost], {}, 4)).toEqual([]); // one of two is spent, and the lost one may have been the other
    const tried = [1, 2, 3].flatMap((more) => [routed(1100, 10 + more, 'a/fibre'), routed(1200, 10 + more, 'b/x', 2)]);
    expect(claimsOf([...usual, ...tried], {}, 4)).toEqual(['4 extra attempts, more than the 3 that the budget allows']);
    expect(claimsOf([...usual, ...tried], {}, 0)).toEqual([]);
  });

  test('nothing that is worth a claim where nothing was sent there', () => {
    expect(claimsOf([routed(900, 1, 'b/fibre')])).toEqual(['nothing was sent there before it']);
  });
});

test('an endpoint whose failures eject it is left after so many in a row, and the way back', () => {
  const leaves = { afterFailures: 3 };
  const failing = [1100, 1200, 1300, 1400].flatMap((atMs, index) => [
    routed(atMs - 10, 10 + index, 'a/fibre'),
    served(atMs, 10 + index, 'failed'),
  ]);
  expect(costOf([...usual, ...failing], { leaves }).mayLeaveAfterMs).toBe(375);
  const between = [routed(980, 20, 'a/fibre'), served(1250, 20, 'answered')]; // it had begun before
  expect(costOf([...usual, ...failing, ...between], { leaves }).mayLeaveAfterMs).toBe(2000);
  expect(costOf([...usual, ...failing.slice(0, 4)], { leaves }).mayLeaveAfterMs).toBe(2000);
});

test('a host is late by the silences of what all messages pass, and by the steps of its latest node', () => {
  const loop = (part: string, longestSilenceMs: number): Event => ({
    ...{ kind: 'event-loop', atMs: 1, part, waitP99Ms: 1, longestSilenceMs },
  });
  const steps = (node: string, lateP99Ms: number): Event => ({
    ...{ kind: 'lateness', atMs: 1, node, steps: 1, lateP50Ms: 0, lateP99Ms, lateMaxMs: 99, longestSilenceMs: 99 },
  });
  expect(lateBy([loop('router', 5), loop('relay', 7), steps('a', 3), steps('b', 2)])).toBe(15);
  expect(lateBy(usual)).toBe(0);
});

test('each fault of a timeline has a window until the next one, and a bound by its kind', () => {
  const timeline = [
    { atS: 9, kind: 'crash', node: 'a' },
    { atS: 2, forS: 3, kind: 'blackhole', path: 'a/fibre' },
    { atS: 5, forS: 1, kind: 'slow', node: 'b', factor: 7 },
  ] as const;
  expect(faultWindows(timeline, 20_000)).toEqual([
    {
      ...{ name: 'blackhole: path a/fibre', hit: 'a/fibre', fromMs: 2000, untilMs: 5000, judgedUntilMs: 5000 },
      leaves: { withinMs: 1000 },
    },
    { name: 'slow x7: node b', hit: 'b/', fromMs: 5000, untilMs: 6000, judgedUntilMs: 9000, leaves: null },
    {
      ...{ name: 'kill: node a', hit: 'a/', fromMs: 9000, untilMs: 10_000, judgedUntilMs: 20_000 },
      leaves: { withinMs: 200 },
    },
  ]);
  expect(() => faultWindows([{ atS: 1, kind: 'restart', router: true }], 9000)).toThrow(
    'nothing is claimed of restart',
  );
});
