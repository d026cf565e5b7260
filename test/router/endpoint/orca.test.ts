import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OrcaLoadReportSchema } from '../../../proto/gen/xds/data/orca/v3/orca_load_report_pb.js';
import { loadReportOf } from '../../../router/endpoint/orca.ts';
import { loadReportInHeader } from '../../../router/endpoint/orca-header.ts';
import { orcaOf } from '../../../router/endpoint/orca-report.ts';

const report = {
  atMs: 1234.5,
  running: 3,
  waiting: 0,
  requestsReceived: 1200,
  requestsPerS: 11.5,
  failuresPerS: 0.5,
  pendingPromptTokens: 7000,
  kvUsage: 0.25,
  utilization: 0.2,
  prefixHitShare: 0.5,
  stepMs: 21.5,
  prefillMsPerToken: 0.088,
  prefillBaseMs: 3,
};

const bytesOf = (fields: MessageInitShape<typeof OrcaLoadReportSchema>): Uint8Array =>
  toBinary(OrcaLoadReportSchema, create(OrcaLoadReportSchema, fields));

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

  test('shows a client that knows only ORCA how full the node is, and what it serves', () => {
    const known = { applicationUtilization: 0.2, rpsFractional: 11.5, eps: 0.5 };
    expect(fromBinary(OrcaLoadReportSchema, orcaOf(report))).toMatchObject(known);
  });

  test('of an idle node says that it is not used at all', () => {
    expect(loadReportOf(orcaOf({ ...report, kvUsage: 0, utilization: 0 }))).toMatchObject({
      kvUsage: 0,
      utilization: 0,
    });
  });

  test('is not found in noise, nor where nothing is said that counts', () => {
    expect(loadReportOf(Uint8Array.of(0xff, 0xff, 0xff))).toBeNull();
    expect(loadReportOf(new Uint8Array(0))).toBeNull();
    expect(loadReportOf(bytesOf({ memUtilization: 0.5, namedMetrics: { temperature: 3 } }))).toBeNull();
  });

  test('of another server says what that one says, and of the rest that it is not known', () => {
    const unknown = { atMs: Number.NaN, running: Number.NaN, pendingPromptTokens: Number.NaN, stepMs: Number.NaN };
    expect(loadReportOf(bytesOf({ cpuUtilization: 0.5, rpsFractional: 20, eps: 1 }))).toMatchObject({
      ...unknown,
      ...{ utilization: 0.5, requestsPerS: 20, failuresPerS: 1, waiting: Number.NaN, kvUsage: Number.NaN },
    });
    const vllm = { kv_cache_usage_perc: 0.4, num_requests_waiting: 3 };
    expect(loadReportOf(bytesOf({ namedMetrics: vllm }))).toMatchObject({
      ...unknown,
      ...{ waiting: 3, kvUsage: 0.4, utilization: 0.4, requestsPerS: 0 },
    });
  });

  test('has the utilisation of the application before that of the processor, as gRFC A58 says', () => {
    const both = { cpuUtilization: 0.9, applicationUtilization: 0.3 };
    expect(loadReportOf(bytesOf(both))).toMatchObject({ utilization: 0.3 });
  });

  test('is read from any bytes as the library reads them', () => {
    const numbers = { noNaN: true, min: 0, max: Number.MAX_SAFE_INTEGER };
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
      rpsFractional: fc.double(numbers),
      applicationUtilization: fc.double(numbers),
      utilization: fc.dictionary(fc.string(), fc.double(numbers)),
      namedMetrics: named as fc.Arbitrary<Record<string, number>>,
    });
    fc.assert(
      fc.property(reports, (fields) => {
        const written = create(OrcaLoadReportSchema, fields);
        const { applicationUtilization, cpuUtilization } = written;
        const used = [applicationUtilization, cpuUtilization].find((share) => share > 0);
        expect(loadReportOf(toBinary(OrcaLoadReportSchema, written))).toEqual({
          atMs: written.namedMetrics.at_ms,
          running: written.namedMetrics.num_requests_running,
          waiting: written.namedMetrics.num_requests_waiting,
          requestsReceived: Number.NaN,
          requestsPerS: written.rpsFractional,
          failuresPerS: written.eps,
          pendingPromptTokens: written.namedMetrics.pending_prompt_tokens,
          kvUsage: Number.NaN,
          utilization: used ?? Number.NaN,
          prefixHitShare: written.namedMetrics.prefix_cache_hit_rate ?? 0,
          stepMs: written.namedMetrics.step_ms,
          prefillMsPerToken: written.namedMetrics.prefill_ms_per_token,
          prefillBaseMs: written.namedMetrics.prefill_base_ms ?? 0,
        });
      }),
    );
  });

  test('says nothing of an amount that cannot be', () => {
    const report = (value: number) =>
      loadReportOf(
        bytesOf({
          applicationUtilization: value,
          cpuUtilization: 0.5,
          rpsFractional: value,
          eps: value,
          namedMetrics: {
            at_ms: value,
            num_requests_running: value,
            num_requests_waiting: value,
            num_requests_received: value,
            pending_prompt_tokens: value,
            kv_cache_usage_perc: value,
            step_ms: value,
            prefill_ms_per_token: value,
            prefill_base_ms: value,
            prefix_cache_hit_rate: value,
            power_w: value,
            power_headroom: value,
          },
        }),
      );
    for (const value of [Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, -1e300, 1e300]) {
      expect(report(value)).toEqual({
        ...{ atMs: Number.NaN, running: Number.NaN, waiting: Number.NaN, requestsReceived: Number.NaN },
        ...{ requestsPerS: 0, failuresPerS: 0, pendingPromptTokens: Number.NaN, kvUsage: Number.NaN, utilization: 0.5 },
        ...{ stepMs: Number.NaN, prefillMsPerToken: Number.NaN, prefillBaseMs: 0, prefixHitShare: 0 },
      });
    }
    expect(report(-1)).toMatchObject({ atMs: -1, waiting: Number.NaN, utilization: 0.5 });
    expect(loadReportInHeader('TEXT named_metrics.num_requests_waiting=-5')).toBeNull();
  });

  test('that is cut short, or noise, throws nothing', () => {
    const whole = orcaOf(report);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.uint8Array({ maxLength: 40 }), (length, noise) => {
        expect(() => loadReportOf(whole.subarray(0, length))).not.toThrow();
        expect(() => loadReportOf(noise)).not.toThrow(); // nine bytes of noise may be a report
      }),
    );
  });
});
