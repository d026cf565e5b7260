import type { LoadReport } from '../../router/endpoint/load-report.ts';

/** A report of an idle node but for `changes`. */
export const loadReport = (changes: Partial<LoadReport>): LoadReport => ({
  atMs: 0,
  running: 0,
  waiting: 0,
  requestsReceived: 0,
  requestsPerS: 0,
  failuresPerS: 0,
  pendingPromptTokens: 0,
  kvUsage: 0,
  utilization: 0,
  prefixHitShare: 0,
  stepMs: 0,
  prefillMsPerToken: 0,
  prefillBaseMs: 0,
  ...changes,
});
