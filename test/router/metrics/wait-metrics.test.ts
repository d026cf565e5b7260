import { expect, test } from 'vitest';
import { WaitMetrics } from '../../../router/metrics/wait-metrics.ts';
import type { WaitEnd } from '../../../router/queue/wait-end.ts';
import { request } from '../router-under-test.ts';

test('waits are counted by how they ended, and what was shed by priority, of which a client cannot make a series each', () => {
  const metrics = new WaitMetrics();
  const waited = (end: WaitEnd, waitedMs: number, priority = 0): void =>
    metrics.observe({ kind: 'waited', request: { ...request, priority }, waitedMs, end, nowMs: 0 });
  waited('placed', 30);
  waited('placed', 300);
  waited('gone', 10);
  waited('timeout', 5000, 3);
  waited('full', 0, 3);
  waited('full', 0, -7);
  waited('full', 0, 123_456);
  const text = metrics.text();
  expect(text).toContain('starlane_router_queue_wait_seconds_count{end="placed"} 2\n');
  expect(text).toContain('starlane_router_queue_wait_seconds_bucket{end="placed",le="0.03"} 1\n');
  expect(text).toContain('starlane_router_queue_wait_seconds_count{end="timeout"} 1\n');
  expect(text).toContain('starlane_router_queue_wait_seconds_count{end="gone"} 1\n');
  expect(text).toContain('starlane_router_shed_total{priority="3",reason="full"} 1\n');
  expect(text).toContain('starlane_router_shed_total{priority="3",reason="timeout"} 1\n');
  expect(text).toContain('starlane_router_shed_total{priority="below 0",reason="full"} 1\n');
  expect(text).toContain('starlane_router_shed_total{priority="above 9",reason="full"} 1\n');
});
