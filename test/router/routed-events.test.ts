import { describe, expect, test } from 'vitest';
import { loggedEvent } from '../../core/event/logged-event.ts';
import type { Policy } from '../../router/pick/policy.ts';
import { request, routerUnderTest } from './router-under-test.ts';

const policyOfCost = (costMs: number): Policy => ({
  name: 'of-a-cost',
  pick: () => ({ kind: 'pick', endpoint: 0, costMs, predictedMs: Number.NaN }),
});

describe('the event of an attempt', () => {
  // A bound has no finite cost of a request that every node would refuse.
  test.each([Number.POSITIVE_INFINITY, Number.NaN])('can be logged where the policy’s cost is %d', (costMs) => {
    const { router, events } = routerUnderTest(policyOfCost(costMs), 2);
    router.begin(request, 0);
    const [routed] = events;
    expect(routed).toMatchObject({ kind: 'routed', endpoint: 'n0/fibre' });
    expect(routed).not.toHaveProperty('expectedMs');
    expect(() => loggedEvent(routed!)).not.toThrow();
  });

  test('has the cost where there is one', () => {
    const { router, events } = routerUnderTest(policyOfCost(12), 2);
    router.begin(request, 0);
    expect(events[0]).toMatchObject({ expectedMs: 12 });
  });
});
