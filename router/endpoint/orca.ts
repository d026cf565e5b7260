import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { OrcaLoadReportSchema } from '../../proto/gen/xds/data/orca/v3/orca_load_report_pb.js';
import type { LoadReport } from './load-report.ts';

/** The trailer that carries a load report. Source: gRFC A51. */
export const ORCA_TRAILER = 'endpoint-load-metrics-bin';

/** A load report as the bytes of an ORCA report. `application_utilization`, which gRPC's own balancers read, is KV usage. */
export const orcaOf = (report: LoadReport): Uint8Array =>
  toBinary(
    OrcaLoadReportSchema,
    create(OrcaLoadReportSchema, {
      applicationUtilization: report.kvUsage,
      namedMetrics: {
        at_ms: report.atMs,
        num_requests_running: report.running,
        num_requests_waiting: report.waiting,
        pending_prompt_tokens: report.pendingPromptTokens,
        step_ms: report.stepMs,
        prefill_ms_per_token: report.prefillMsPerToken,
      },
    }),
  );

/** The load report in the bytes of an ORCA report, or null when they are none of ours or broken. */
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
    };
  } catch {
    return null; // a peer may send anything
  }
};
