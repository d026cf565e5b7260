import { expect, test } from 'vitest';
import { endingByNode } from '../../../router/attempt/ending.ts';
import { AttemptMetrics } from '../../../router/metrics/attempt-metrics.ts';
import { pickOf } from '../../../router/pick/pick-of.ts';
import type { Policy } from '../../../router/pick/policy.ts';
import { request, routerUnderTest } from '../router-under-test.ts';

/** The first endpoint, always. `observe` hands what happens to the metrics. */
const told = (metrics: AttemptMetrics, predictedMs = Number.NaN): Policy => ({
  name: 'first',
  pick: () => ({ ...pickOf(0), predictedMs }),
  observe: (what) => metrics.observe(what),
});

const ended = (code: number) => endingByNode(code, { report: null, pushbackMs: null });
const TARGET = 'grpc_method="a.B/C",grpc_target="n0/fibre"';

test('an attempt is counted when it begins, and timed by endpoint and status when it ends', () => {
  const metrics = new AttemptMetrics(['n0/fibre', 'n1/fibre'], 'a.B/C');
  const { router } = routerUnderTest(told(metrics), 2);
  for (const [code, tookMs] of [
    [0, 40],
    [0, 70],
    [14, 3000],
    [99, 1],
  ] as const) {
    const attempt = router.begin(request, 1000);
    if (attempt.kind === 'attempt') router.end(attempt, ended(code), 1000 + tookMs);
  }
  router.begin(request, 9000);
  const text = metrics.text();
  expect(text).toContain(`grpc_client_attempt_started_total{${TARGET}} 5\n`);
  expect(text).toContain(`grpc_client_attempt_duration_seconds_count{${TARGET},grpc_status="OK"} 2\n`);
  expect(text).toContain(`grpc_client_attempt_duration_seconds_sum{${TARGET},grpc_status="OK"} 0.11`);
  expect(text).toContain(`duration_seconds_bucket{${TARGET},grpc_status="OK",le="0.04"} 1\n`);
  expect(text).toContain(`duration_seconds_bucket{${TARGET},grpc_status="OK",le="0.08"} 2\n`);
  expect(text).toContain(`duration_seconds_bucket{${TARGET},grpc_status="UNAVAILABLE",le="2"} 0\n`);
  expect(text).toContain(`duration_seconds_bucket{${TARGET},grpc_status="UNAVAILABLE",le="5"} 1\n`);
  expect(text).toContain(`duration_seconds_count{${TARGET},grpc_status="other"} 1\n`);
  expect(text).not.toContain('attempt_duration_seconds_count{grpc_method="a.B/C",grpc_target="n1/fibre"');
});

test('the time to the first message stands beside what was predicted of it, and what that missed', () => {
  const metrics = new AttemptMetrics(['n0/fibre'], 'a.B/C');
  const { router } = routerUnderTest(told(metrics, 90), 1);
  const attempt = router.begin(request, 0);
  if (attempt.kind === 'attempt') router.firstMessage(attempt, 60);
  const text = metrics.text();
  expect(text).toContain('starlane_router_endpoint_ttft_seconds_sum{endpoint="n0/fibre"} 0.06\n');
  expect(text).toContain('starlane_router_endpoint_predicted_ttft_seconds_sum{endpoint="n0/fibre"} 0.09\n');
  expect(text).toContain('starlane_router_endpoint_ttft_error_seconds_sum{endpoint="n0/fibre"} -0.03\n');
  expect(text).toContain('starlane_router_endpoint_ttft_error_seconds_bucket{endpoint="n0/fibre",le="-0.02"} 1\n');
});

test('a policy that predicts nothing has no error', () => {
  const metrics = new AttemptMetrics(['n0/fibre'], 'a.B/C');
  const { router } = routerUnderTest(told(metrics), 1);
  const attempt = router.begin(request, 0);
  if (attempt.kind === 'attempt') router.firstMessage(attempt, 60);
  expect(metrics.text()).not.toContain('ttft_error_seconds_count');
});

test('an attempt across a clock that was set is no sample', () => {
  const metrics = new AttemptMetrics(['n0/fibre'], 'a.B/C');
  const { router } = routerUnderTest(told(metrics), 1);
  const attempt = router.begin(request, 1e9);
  router.clockWasSet();
  router.begin(request, 5);
  if (attempt.kind === 'attempt') router.end(attempt, ended(0), 10);
  expect(metrics.text()).not.toContain('attempt_duration_seconds_count');
});

test('connections that come and go are counted by endpoint', () => {
  const metrics = new AttemptMetrics(['n0/fibre', 'n1/fibre'], 'a.B/C');
  const { router } = routerUnderTest(told(metrics), 2);
  for (const isAvailable of [false, true, false]) router.setAvailable(1, isAvailable);
  expect(metrics.text()).toContain('grpc_subchannel_disconnections_total{grpc_target="n1/fibre"} 2\n');
  expect(metrics.text()).toContain('grpc_subchannel_connection_attempts_succeeded_total{grpc_target="n1/fibre"} 1\n');
});
