import { type NodePlan, nodePlansOf } from '../../scenario/node-plan.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { scheduleOf } from '../../scenario/schedule-of.ts';
import type { Lengths } from '../../services/node/engine/sustained-rate.ts';
import type { Trace } from '../../workload/trace.ts';
import { type NodeRate, nodeRate } from './node-rate.ts';

/** What a run offers to a node, and what the node can serve. */
export interface NodeOffer extends NodeRate {
  readonly node: string;
  readonly site: string;
  /** Offered over served when each endpoint gets as many requests as the next, as round-robin does; null when nothing can be served. */
  readonly evenLoad: number | null;
}

/** What a run offers, and what its nodes can serve together. */
export interface OfferedLoad {
  readonly requestsPerS: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly servedPerS: number;
  /** Offered over served when every node is as busy as the next: no policy has less. Null when nothing can be served. */
  readonly bestLoad: number | null;
  readonly nodes: readonly NodeOffer[];
}

/**
 * The load of a run against what its nodes sustain. `endpoints` are those that can be used, with their nodes. Nodes of one kind are
 * rehearsed once; yields its progress, 0 to 1.
 */
export function* offeredLoad(
  scenario: Scenario,
  trace: Trace,
  endpoints: readonly { readonly node: string }[],
): Generator<number, OfferedLoad> {
  const { ratePerS } = scenario.load;
  const lengths = lengthsOf(scenario, trace);
  const rates = new Map<NodePlan['config'], NodeRate>();
  const plans = nodePlansOf(scenario);
  for (const [index, { config, name }] of plans.entries()) {
    if (!rates.has(config)) rates.set(config, nodeRate(scenario, config, name, lengths));
    yield (index + 1) / plans.length;
  }
  const nodes = plans.map(({ name, site, config }): NodeOffer => {
    const rate = rates.get(config)!;
    const share = endpoints.filter(({ node }) => node === name).length / Math.max(1, endpoints.length);
    return { node: name, site, ...rate, evenLoad: loadOf(share * ratePerS, rate.servedPerS) };
  });
  const reached = nodes.filter(({ node }) => endpoints.some((endpoint) => endpoint.node === node));
  const servedPerS = reached.reduce((sum, node) => sum + node.servedPerS, 0);
  const mean = (of: (one: Lengths) => number): number =>
    lengths.reduce((sum, one) => sum + of(one), 0) / lengths.length;
  return {
    requestsPerS: ratePerS,
    promptTokens: mean(({ promptTokens }) => promptTokens),
    outputTokens: mean(({ outputTokens }) => outputTokens),
    servedPerS,
    bestLoad: loadOf(ratePerS, servedPerS),
    nodes,
  };
}

const loadOf = (offeredPerS: number, servedPerS: number): number | null =>
  servedPerS === 0 ? null : offeredPerS / servedPerS;

/** Of a run with more requests, the lengths of the whole trace are taken: it is then repeated anyway. */
const MOST_SCHEDULED = 100_000;

const lengthsOf = (scenario: Scenario, trace: Trace): readonly Lengths[] => {
  const { load, durationS } = scenario;
  if (load.ratePerS * durationS <= MOST_SCHEDULED) {
    const schedule = scheduleOf(scenario, trace);
    if (schedule.length > 0) return schedule;
  }
  return Array.from(trace.promptTokens, (promptTokens, row) => ({
    promptTokens,
    outputTokens: Math.min(trace.outputTokens[row]!, load.maxOutputTokens),
  }));
};
