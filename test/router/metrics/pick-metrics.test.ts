import { expect, test } from 'vitest';
import { PickMetrics } from '../../../router/metrics/pick-metrics.ts';
import { createPolicy } from '../../../router/pick/create-policy.ts';
import { request, routerUnderTest } from '../router-under-test.ts';

test('one choice in eight is timed, from before the filters to the decision of the policy', () => {
  let readings = 0;
  const metrics = new PickMetrics(() => readings++ * 0.003); // three microseconds between two readings
  const { router } = routerUnderTest(createPolicy('round-robin'), 2, { picks: metrics });
  for (let pick = 0; pick < 17; pick++) router.begin(request, pick);
  const text = metrics.text();
  expect(readings).toBe(6);
  expect(text).toContain('starlane_router_pick_duration_seconds_count 3\n');
  expect(text).toContain('starlane_router_pick_duration_seconds_bucket{le="0.000002"} 0\n');
  expect(text).toContain('starlane_router_pick_duration_seconds_bucket{le="0.000005"} 3\n');
});
