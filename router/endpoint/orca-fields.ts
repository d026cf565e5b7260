import type { LoadReport, PowerReport } from './load-report.ts';

/**
 * What a router reads of an ORCA report, in whatever form it came. A field of the message that is 0 was not set.
 * Source: xds/data/orca/v3/orca_load_report.proto.
 */
export interface OrcaFields {
  cpuUtilization: number;
  applicationUtilization: number;
  rpsFractional: number;
  eps: number;
  readonly namedMetrics: Record<string, number>;
}

export const noOrcaFields = (): OrcaFields => ({
  cpuUtilization: 0,
  applicationUtilization: 0,
  rpsFractional: 0,
  eps: 0,
  namedMetrics: Object.create(null), // a metric may be called __proto__
});

/**
 * The load report in those fields; null where they say nothing that a policy uses. Utilisation is that of the application, or else of the
 * processor (gRFC A58). The named metrics of queue and cache have the names of vLLM's own ORCA header.
 */
export const loadReportFrom = (fields: OrcaFields): LoadReport | null => {
  const { namedMetrics: named, rpsFractional, eps } = fields;
  const report = {
    atMs: named.at_ms ?? Number.NaN,
    running: named.num_requests_running ?? Number.NaN,
    waiting: named.num_requests_waiting ?? Number.NaN,
    requestsReceived: named.num_requests_received ?? Number.NaN,
    requestsPerS: rpsFractional,
    failuresPerS: eps,
    pendingPromptTokens: named.pending_prompt_tokens ?? Number.NaN,
    kvUsage: named.kv_cache_usage_perc ?? Number.NaN,
    utilization: utilizationOf(fields),
    stepMs: named.step_ms ?? Number.NaN,
    prefillMsPerToken: named.prefill_ms_per_token ?? Number.NaN,
    prefillBaseMs: named.prefill_base_ms ?? 0,
    prefixHitShare: named.prefix_cache_hit_rate ?? 0,
    ...powerOf(named),
  };
  const { running, waiting, pendingPromptTokens, kvUsage, utilization } = report;
  const saysAny = [running, waiting, pendingPromptTokens, kvUsage, utilization].some((value) => !Number.isNaN(value));
  return saysAny || rpsFractional > 0 || eps > 0 ? report : null;
};

const utilizationOf = ({ applicationUtilization, cpuUtilization, namedMetrics }: OrcaFields): number => {
  if (applicationUtilization > 0) return applicationUtilization;
  return cpuUtilization > 0 ? cpuUtilization : (namedMetrics.kv_cache_usage_perc ?? Number.NaN);
};

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
