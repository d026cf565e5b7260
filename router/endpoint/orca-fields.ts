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
 * processor (gRFC A58). The named metrics of queue and cache have the names of vLLM's own ORCA header. What cannot be, such as a queue below 0, was
 * not reported: one wrong server must not draw all requests.
 */
export const loadReportFrom = (fields: OrcaFields): LoadReport | null => {
  const { namedMetrics: named } = fields;
  const [requestsPerS, failuresPerS] = [amountIn(fields.rpsFractional, 0), amountIn(fields.eps, 0)];
  const report = {
    atMs: finiteIn(named.at_ms) ?? Number.NaN,
    running: amountIn(named.num_requests_running),
    waiting: amountIn(named.num_requests_waiting),
    requestsReceived: amountIn(named.num_requests_received),
    requestsPerS,
    failuresPerS,
    pendingPromptTokens: amountIn(named.pending_prompt_tokens),
    kvUsage: amountIn(named.kv_cache_usage_perc),
    utilization: utilizationOf(fields),
    stepMs: amountIn(named.step_ms),
    prefillMsPerToken: amountIn(named.prefill_ms_per_token),
    prefillBaseMs: amountIn(named.prefill_base_ms, 0),
    prefixHitShare: amountIn(named.prefix_cache_hit_rate, 0),
    ...powerOf(named),
  };
  const { running, waiting, pendingPromptTokens, kvUsage, utilization } = report;
  const saysAny = [running, waiting, pendingPromptTokens, kvUsage, utilization].some((value) => !Number.isNaN(value));
  return saysAny || requestsPerS > 0 || failuresPerS > 0 ? report : null;
};

const utilizationOf = ({ applicationUtilization, cpuUtilization, namedMetrics }: OrcaFields): number => {
  const ofApplication = amountIn(applicationUtilization);
  if (ofApplication > 0) return ofApplication;
  const ofProcessor = amountIn(cpuUtilization);
  return ofProcessor > 0 ? ofProcessor : amountIn(namedMetrics.kv_cache_usage_perc);
};

const powerOf = (metrics: Readonly<Record<string, number>>): { readonly power?: PowerReport } => {
  const [drawW, headroom] = [amountIn(metrics.power_w), amountIn(metrics.power_headroom)];
  if (Number.isNaN(drawW) || Number.isNaN(headroom)) return {};
  return {
    power: {
      drawW,
      headroom,
      temperatureC: finiteIn(metrics.temperature_celsius),
      batteryShare: finiteIn(metrics.battery_share),
      usdPerMillionTokens: finiteIn(metrics.usd_per_million_tokens),
      gCo2PerMillionTokens: finiteIn(metrics.gco2_per_million_tokens),
    },
  };
};

/** An amount that can be; `none` for any other, and for one that was not reported. */
const amountIn = (value: number | undefined, none = Number.NaN): number =>
  value !== undefined && value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value : none;

/** A value that may be below 0; null for none. */
const finiteIn = (value: number | undefined): number | null =>
  value !== undefined && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : null;
