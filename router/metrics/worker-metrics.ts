import { type MergeRule, mergedMetrics } from './merged-metrics.ts';

/** The metrics of all workers of a router, as those of one. */
export const metricsOfWorkers = (texts: readonly string[]): string => mergedMetrics(texts, ruleOf);

/**
 * The metrics of a worker: those of now, and what its router counted before its configuration was loaded again. What that one
 * believed (gauges) is of no use any more, but its open requests are still open.
 */
export const metricsOverReloads = (now: string, before: readonly string[]): string =>
  mergedMetrics(
    [now, ...before.map((text) => mergedMetrics([text], (name) => (isOpen(name) ? 'sum' : 'leave-out')))],
    ruleOf,
  );

/** What counted in a process that is no more: counters and histograms. */
export const countedIn = (text: string): string => mergedMetrics([text], () => 'leave-out');

const isOpen = (name: string): boolean => /^starlane_router_(endpoint_)?active_(requests|attempts)$/.test(name);

/** Load and memory add up. A state is that of the worker that is worst off. What workers have learnt apart is averaged. */
const ruleOf = (gauge: string): MergeRule => {
  if (isOpen(gauge) || /_bytes$|_client_connections$|_queue_length$|^nodejs_active_|^process_open_fds$/.test(gauge))
    return 'sum';
  if (/^starlane_router_(endpoint_(connected|healthy)|retry_budget_tokens)$|^process_start_time_seconds$/.test(gauge))
    return 'least';
  if (gauge === 'starlane_router_endpoint_breaker_state') return 'most';
  return gauge.startsWith('starlane_router_') ? 'mean' : 'most';
};
