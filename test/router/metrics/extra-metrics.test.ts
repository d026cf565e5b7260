import { expect, test } from 'vitest';
import { z } from 'zod';
import { endingByNode } from '../../../router/attempt/ending.ts';
import { hedgeSchema } from '../../../router/attempt/hedge-schema.ts';
import { RoutedRequest } from '../../../router/attempt/routed-request.ts';
import { ExtraMetrics } from '../../../router/metrics/extra-metrics.ts';
import { roundRobin } from '../../../router/policy/round-robin.ts';
import { RecordingWire } from '../recording-wire.ts';
import { request, routerUnderTest } from '../router-under-test.ts';

test('attempts beyond the first are counted by cause, and those whose first message came first', () => {
  const metrics = new ExtraMetrics();
  metrics.under('policy="p"');
  const policy = roundRobin();
  const { router } = routerUnderTest(
    {
      ...policy,
      observe: (what, endpoints) => {
        metrics.observe(what);
        policy.observe?.(what, endpoints);
      },
    },
    2,
    { attempts: { hedge: hedgeSchema(z).parse({ after: { ms: 50 }, disjoint: 'any', maxShare: 1 }) } },
  );
  const asked = () => {
    const wire = new RecordingWire();
    const call = new RoutedRequest(router, request, wire);
    call.start(0);
    return { wire, call };
  };
  for (const winner of [0, 1, 1]) {
    const { wire, call } = asked();
    call.onWake(50);
    call.onMessage(wire.attempts[winner]!, 60);
  }
  const failing = asked();
  failing.call.onEnd(failing.wire.attempts[0]!, endingByNode(14, { report: null, pushbackMs: null }), 10);
  failing.call.onMessage(failing.wire.attempts[1]!, 60);
  const text = metrics.text();
  expect(text).toContain('starlane_router_extra_attempts_total{cause="hedge",policy="p"} 3\n');
  expect(text).toContain('starlane_router_extra_attempts_won_total{cause="hedge",policy="p"} 2\n');
  expect(text).toContain('starlane_router_extra_attempts_total{cause="retry",policy="p"} 1\n');
  expect(text).toContain('starlane_router_extra_attempts_won_total{cause="retry",policy="p"} 1\n');
  expect(text).toContain('starlane_router_extra_attempts_total{cause="moved",policy="p"} 0\n');
});
