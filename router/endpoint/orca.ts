import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { type OrcaLoadReport, OrcaLoadReportSchema } from '../../proto/gen/xds/data/orca/v3/orca_load_report_pb.js';
import type { LoadReport, PowerReport } from './load-report.ts';

/** The trailer that carries a load report. Source: gRFC A51. */
export const ORCA_TRAILER = 'endpoint-load-metrics-bin';

/** A load report as the bytes of an ORCA report. */
export const orcaOf = (report: LoadReport): Uint8Array => toBinary(OrcaLoadReportSchema, orcaReportOf(report));

/**
 * A load report as an ORCA report. `application_utilization`, which gRPC's own balancers read, is KV usage; vLLM's ORCA header
 * has KV usage under the name of its metric.
 */
export const orcaReportOf = (report: LoadReport): OrcaLoadReport =>
  create(OrcaLoadReportSchema, {
    applicationUtilization: report.kvUsage,
    namedMetrics: {
      at_ms: report.atMs,
      num_requests_running: report.running,
      num_requests_waiting: report.waiting,
      kv_cache_usage_perc: report.kvUsage,
      pending_prompt_tokens: report.pendingPromptTokens,
      step_ms: report.stepMs,
      prefill_ms_per_token: report.prefillMsPerToken,
      ...(report.power === undefined ? {} : powerMetrics(report.power)),
    },
  });

/** The load report in the bytes of an ORCA report, or null when they are not one of ours or broken. */
export const loadReportOf = (orca: Uint8Array): LoadReport | null => {
  try {
    const { applicationUtilization, namedMetrics } = fromBinary(OrcaLoadReportSchema, orca);
    const { at_ms, num_requests_running, num_requests_waiting, pending_prompt_tokens } = namedMetrics;
    const { step_ms, prefill_ms_per_token } = namedMetrics;
    if (at_ms === undefined || num_requests_running === undefined || num_requests_waiting === undefined) return null;
    if (pending_prompt_tokens === undefined || step_ms === undefined || prefill_ms_per_token === undefined) return null;
    return {
      atMs: at_ms,
      running: num_requests_running,
      waiting: num_requests_waiting,
      pendingPromptTokens: pending_prompt_tokens,
      kvUsage: applicationUtilization,
      stepMs: step_ms,
      prefillMsPerToken: prefill_ms_per_token,
      ...powerOf(namedMetrics),
    };
  } catch {
    return null; // a peer may send anything
  }
};

/** Unknown values are left out. */
const powerMetrics = (power: PowerReport): Record<string, number> =>
  Object.fromEntries(
    Object.entries({
      power_w: power.drawW,
      power_headroom: power.headroom,
      temperature_celsius: power.temperatureC,
      battery_share: power.batteryShare,
      usd_per_million_tokens: power.usdPerMillionTokens,
      gco2_per_million_tokens: power.gCo2PerMillionTokens,
    }).filter((metric): metric is [string, number] => metric[1] !== null),
  );

const powerOf = (metrics: Readonly<Record<string, number>>): { readonly power?: PowerReport } => {
  const { power_w, power_headroom } = metrics;
  if (power_w === undefined || power_headroom === undefined) return {};
  return {
    power: {
      drawW: power_w,
      headroom: power_headroom,
      temperatureC: metrics.temperature_celsius ?? null,
      batteryShare: metrics.battery_share ?? null,
      usdPerMillionTokens: metrics.usd_per_million_tokens ?? null,
      gCo2PerMillionTokens: metrics.gco2_per_million_tokens ?? null,
    },
  };
};
