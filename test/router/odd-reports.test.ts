import { create, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OrcaLoadReportSchema } from '../../proto/gen/xds/data/orca/v3/orca_load_report_pb.js';
import type { Attempt } from '../../router/attempt/attempt.ts';
import { type Ending, endingByNode } from '../../router/attempt/ending.ts';
import { grpcStatus } from '../../router/attempt/grpc-status.ts';
import { loadReportOf } from '../../router/endpoint/orca.ts';
import { livePolicyNames } from '../../router/pick/live-policy.ts';
import type { Router } from '../../router/router.ts';
import { request, routerUnderTest } from './router-under-test.ts';

const odd = fc.constantFrom(
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -1e308,
  1e308,
  -1,
  0,
  5e-324,
  0.5,
  100,
);

const METRICS = [
  'at_ms',
  'num_requests_running',
  'num_requests_waiting',
  'num_requests_received',
  'kv_cache_usage_perc',
  'pending_prompt_tokens',
  'step_ms',
  'prefill_ms_per_token',
  'prefill_base_ms',
  'prefix_cache_hit_rate',
  'power_w',
  'power_headroom',
  'temperature_celsius',
  'battery_share',
  'usd_per_million_tokens',
];

/** What a server may say of itself, as bytes. */
const report = fc
  .record({
    applicationUtilization: odd,
    cpuUtilization: odd,
    rpsFractional: odd,
    eps: odd,
    namedMetrics: fc.record(Object.fromEntries(METRICS.map((name) => [name, odd])), { requiredKeys: [] }),
  })
  .map((fields) => toBinary(OrcaLoadReportSchema, create(OrcaLoadReportSchema, fields as never)));

const answered = (orca: Uint8Array | null): Ending =>
  endingByNode(grpcStatus.ok, { report: orca === null ? null : loadReportOf(orca), pushbackMs: null });

const routed = (router: Router, id: number, nowMs: number): Attempt => {
  const decision = router.begin({ ...request, id, session: `s${id % 3}`, sloTtftMs: 100 }, nowMs);
  if (decision.kind === 'reject') throw new Error(`request ${id} was refused: ${decision.reason}`);
  return decision;
};

test.each(livePolicyNames.map((name) => [name]))(
  'whatever servers report, %s finds an endpoint for each request',
  (name) => {
    fc.assert(
      fc.property(fc.array(report, { maxLength: 8 }), fc.constantFrom(2, 20), (reports, size) => {
        const { router } = routerUnderTest(name, size);
        for (const [id, orca] of [...reports, ...Array.from({ length: 10 }, () => null)].entries()) {
          const nowMs = id * 20;
          const attempt = routed(router, id, nowMs);
          expect(attempt.endpoint).toBeLessThan(size);
          for (const endpoint of router.probes(nowMs)) router.probed(endpoint, 5, orca && loadReportOf(orca), nowMs);
          router.firstMessage(attempt, nowMs + 5);
          router.end(attempt, answered(orca), nowMs + 10);
        }
      }),
      { numRuns: 40 },
    );
  },
);

test('a report that says it is of tomorrow does not outlive the next one', () => {
  const { router } = routerUnderTest('least-request', 1);
  const said = (atMs: number, waiting: number): void => {
    const namedMetrics = { at_ms: atMs, num_requests_waiting: waiting };
    const orca = toBinary(OrcaLoadReportSchema, create(OrcaLoadReportSchema, { namedMetrics }));
    router.report(0, loadReportOf(orca)!, 50);
  };
  said(86_400_000, 7);
  said(50, 2);
  expect(router.endpoints.nodes.waiting[0]).toBe(2);
});
