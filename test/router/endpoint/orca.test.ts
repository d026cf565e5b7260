import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OrcaLoadReportSchema } from '../../../proto/gen/xds/data/orca/v3/orca_load_report_pb.js';
import { loadReportOf } from '../../../router/endpoint/orca.ts';
import { orcaOf } from '../../../router/endpoint/orca-report.ts';

const report = {
  atMs: 1234.5,
  running: 3,
  waiting: 0,
  pendingPromptTokens: 7000,
  kvUsage: 0.25,
  prefixHitShare: 0.5,
  stepMs: 21.5,
  prefillMsPerToken: 0.088,
  prefillBaseMs: 3,
};

describe('a load report', () => {
  test('comes back from its bytes as it went in', () => {
    expect(loadReportOf(orcaOf(report))).toEqual(report);
  });

  test('has the power, heat and prices of its node, but for what the node does not know', () => {
    const known = { drawW: 450, headroom: 0, temperatureC: 71.5, batteryShare: 0.5 };
    const power = { ...known, usdPerMillionTokens: 0.7, gCo2PerMillionTokens: 12 };
    expect(loadReportOf(orcaOf({ ...report, power }))).toEqual({ ...report, power });
    const unknown = { ...power, temperatureC: null, batteryShare: null, gCo2PerMillionTokens: null };
    expect(loadReportOf(orcaOf({ ...report, power: unknown }))).toEqual({ ...report, power: unknown });
  });

  test('shows a client that knows only ORCA how full the node is', () => {
    expect(fromBinary(OrcaLoadReportSchema, orcaOf(report)).applicationUtilization).toBe(0.25);
  });

  test('is not found in noise, nor in the report of another server', () => {
    expect(loadReportOf(Uint8Array.of(0xff, 0xff, 0xff))).toBeNull();
    expect(
      loadReportOf(toBinary(OrcaLoadReportSchema, create(OrcaLoadReportSchema, { cpuUtilization: 0.5 }))),
    ).toBeNull();
  });

  test('is read from any bytes as the library reads them', () => {
    const numbers = { noNaN: true, noDefaultInfinity: true };
    const fields = ['at_ms', 'num_requests_running', 'num_requests_waiting', 'pending_prompt_tokens', 'step_ms'];
    const named = fc.record(
      Object.fromEntries(
        [...fields, 'prefill_ms_per_token', 'prefill_base_ms', 'power_w', 'other'].map((name) => [
          name,
          fc.double(numbers),
        ]),
      ),
      { requiredKeys: [...fields, 'prefill_ms_per_token'] },
    );
    const reports = fc.record({
      cpuUtilization: fc.double(numbers),
      eps: fc.double(numbers),
      applicationUtilization: fc.double(numbers),
      utilization: fc.dictionary(fc.string(), fc.double(numbers)),
      namedMetrics: named as fc.Arbitrary<Record<string, number>>,
    });
    fc.assert(
      fc.property(reports, (fields) => {
        const written = create(OrcaLoadReportSchema, fields);
        expect(loadReportOf(toBinary(OrcaLoadReportSchema, written))).toEqual({
          atMs: written.namedMetrics.at_ms,
          running: written.namedMetrics.num_requests_running,
          waiting: written.namedMetrics.num_requests_waiting,
          pendingPromptTokens: written.namedMetrics.pending_prompt_tokens,
          kvUsage: written.applicationUtilization,
          prefixHitShare: written.namedMetrics.prefix_cache_hit_rate ?? 0,
          stepMs: written.namedMetrics.step_ms,
          prefillMsPerToken: written.namedMetrics.prefill_ms_per_token,
          prefillBaseMs: written.namedMetrics.prefill_base_ms ?? 0,
        });
      }),
    );
  });

  test('that is cut short, or noise, throws nothing', () => {
    const whole = orcaOf(report);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.uint8Array({ maxLength: 40 }), (length, noise) => {
        expect(() => loadReportOf(whole.subarray(0, length))).not.toThrow();
        expect(loadReportOf(noise)).toBeNull();
      }),
    );
  });
});
