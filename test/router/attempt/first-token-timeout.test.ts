import { describe, expect, test } from 'vitest';
import type { AttemptSettings } from '../../../router/attempt/attempt-rules.ts';
import { USUAL_RETRY } from '../../../router/attempt/attempt-rules.ts';
import { RoutedRequest } from '../../../router/attempt/routed-request.ts';
import { pickOf } from '../../../router/pick/pick-of.ts';
import { RecordingWire } from '../recording-wire.ts';
import { request, routerUnderTest } from '../router-under-test.ts';

const started = (attempts: AttemptSettings, options: Partial<Parameters<typeof routerUnderTest>[2]> = {}) => {
  const under = routerUnderTest('round-robin', 3, { attempts, ...options });
  const wire = new RecordingWire();
  const call = new RoutedRequest(under.router, request, wire);
  call.start(0);
  return { ...under, wire, call };
};

describe('an attempt without its first message in time', () => {
  test('is given up for another node, as long as attempts are left', () => {
    const { wire, call, router } = started({ firstTokenTimeout: { ms: 300 } });
    expect(wire.wakesAtMs).toBe(300);
    call.onWake(300);
    const [one, two] = wire.attempts;
    expect(wire.calls).toEqual([`open ${one!.endpoint}`, `cancel ${one!.endpoint}`, `open ${two!.endpoint}`]);
    expect(two).toMatchObject({ number: 2, cause: 'time-out' });
    expect(router.endpoints.outstanding[one!.endpoint]).toBe(0);
    call.onWake(600);
    expect(wire.attempts).toHaveLength(2);
  });

  test('stays once its first message has come, and where there is no other endpoint', () => {
    const begun = started({ firstTokenTimeout: { ms: 300 } });
    begun.call.onMessage(begun.wire.attempts[0]!, 299);
    expect(begun.wire.wakesAtMs).toBe(Number.POSITIVE_INFINITY);
    const alone = started({ firstTokenTimeout: { ms: 300 } });
    for (const endpoint of [1, 2]) alone.router.setAvailable(endpoint, false);
    alone.call.onWake(300);
    expect(alone.wire.calls).toEqual(['open 0']);
  });

  test('draws on the budget', () => {
    const budget = { ...USUAL_RETRY, budgetTokens: 4 };
    const under = started({ firstTokenTimeout: { ms: 300 }, retry: budget });
    let begun = 0;
    for (let index = 0; index < 10; index++) {
      const wire = new RecordingWire();
      const call = new RoutedRequest(under.router, request, wire);
      call.start(0);
      call.onWake(300);
      begun += wire.attempts.length - 1;
    }
    expect(begun).toBe(2);
  });

  test('may be as late as a multiple of its prediction, but not less than a bound; without a prediction for ever', () => {
    const wakesAfter = (predictedMs: number): number => {
      const under = routerUnderTest({ name: 'told', pick: () => ({ ...pickOf(0), predictedMs }) } as never, 2, {
        attempts: { firstTokenTimeout: { timesPredicted: 3, leastMs: 500 } },
      });
      const wire = new RecordingWire();
      new RoutedRequest(under.router, request, wire).start(10);
      return wire.wakesAtMs;
    };
    expect(wakesAfter(400)).toBe(1210);
    expect(wakesAfter(20)).toBe(510);
    expect(wakesAfter(Number.NaN)).toBe(Number.POSITIVE_INFINITY);
  });
});
