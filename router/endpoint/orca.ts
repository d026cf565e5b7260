// A router loads no descriptors for the one message that it reads: with them the library takes 12 MiB more.
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { LoadReport, PowerReport } from './load-report.ts';

/** The trailer that carries a load report. Source: gRFC A51. */
export const ORCA_TRAILER = 'endpoint-load-metrics-bin';

/** The load report in the bytes of an ORCA report, or null when they are not one of ours or broken. */
export const loadReportOf = (orca: Uint8Array): LoadReport | null => {
  try {
    const { applicationUtilization, namedMetrics } = orcaFieldsOf(orca);
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
      prefillBaseMs: namedMetrics.prefill_base_ms ?? 0,
      prefixHitShare: namedMetrics.prefix_cache_hit_rate ?? 0,
      ...powerOf(namedMetrics),
    };
  } catch {
    return null; // a peer may send anything
  }
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

/** What a router reads of an ORCA report. Source: xds/data/orca/v3/orca_load_report.proto. Throws for broken bytes. */
const orcaFieldsOf = (orca: Uint8Array) => {
  const reader = new BinaryReader(orca);
  const namedMetrics: Record<string, number> = Object.create(null); // a metric may be called __proto__
  let applicationUtilization = 0;
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === APPLICATION_UTILIZATION && type === WireType.Bit64) applicationUtilization = reader.double();
    else if (field === NAMED_METRICS && type === WireType.LengthDelimited) readMetric(reader, namedMetrics);
    else reader.skip(type, field);
  }
  return { applicationUtilization, namedMetrics };
};

const readMetric = (reader: BinaryReader, into: Record<string, number>): void => {
  const end = reader.uint32() + reader.pos;
  let [name, value] = ['', 0];
  while (reader.pos < end) {
    const [field, type] = reader.tag();
    if (field === MAP_KEY && type === WireType.LengthDelimited) name = reader.string();
    else if (field === MAP_VALUE && type === WireType.Bit64) value = reader.double();
    else reader.skip(type, field);
  }
  into[name] = value;
};

const NAMED_METRICS = 8;
const APPLICATION_UTILIZATION = 9;
const MAP_KEY = 1;
const MAP_VALUE = 2;
