import { create, toBinary } from '@bufbuild/protobuf';
import { type OrcaLoadReport, OrcaLoadReportSchema } from '../../proto/gen/xds/data/orca/v3/orca_load_report_pb.js';
import type { LoadReport, PowerReport } from './load-report.ts';

/** A load report as the bytes of an ORCA report. */
export const orcaOf = (report: LoadReport): Uint8Array => toBinary(OrcaLoadReportSchema, orcaReportOf(report));

/**
 * A load report as an ORCA report. `application_utilization`, which gRPC's own balancers read, is `utilization`; vLLM's ORCA header
 * has KV usage under the name of its metric.
 */
export const orcaReportOf = (report: LoadReport): OrcaLoadReport =>
  create(OrcaLoadReportSchema, {
    applicationUtilization: report.utilization,
    rpsFractional: report.requestsPerS,
    eps: report.failuresPerS,
    namedMetrics: {
      at_ms: report.atMs,
      num_requests_running: report.running,
      num_requests_waiting: report.waiting,
      num_requests_received: report.requestsReceived,
      kv_cache_usage_perc: report.kvUsage,
      pending_prompt_tokens: report.pendingPromptTokens,
      step_ms: report.stepMs,
      prefill_ms_per_token: report.prefillMsPerToken,
      prefill_base_ms: report.prefillBaseMs,
      ...(report.prefixHitShare > 0 && { prefix_cache_hit_rate: report.prefixHitShare }),
      ...(report.power === undefined ? {} : powerMetrics(report.power)),
    },
  });

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
