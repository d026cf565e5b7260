import { type NodePlan, nodePlansOf } from '../../scenario/node-plan.ts';
import { routerPlansOf } from '../../scenario/router-plan.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { scheduleOf } from '../../scenario/schedule-of.ts';
import type { Lengths } from '../../services/node/engine/sustained-rate.ts';
import { nominalRequests } from '../../workload/followers.ts';
import type { Trace } from '../../workload/trace/trace.ts';
import { type NodeRate, nodeRate } from './node-rate.ts';

/** What a run offers to a node, and what the node can serve. */
export interface NodeOffer extends NodeRate {
  readonly node: string;
  readonly site: string;
  /** Offered over served when each endpoint of a router gets as many requests as the next, as round-robin does; null when nothing can be served. */
  readonly evenLoad: number | null;
}

/** What a run offers, and what its nodes can serve together. */
export interface OfferedLoad {
  /** Where users take turns: as if each answer just met its objectives. */
  readonly requestsPerS: number;
  /** Those who take turns; null where requests come at a rate. */
  readonly users: number | null;
  /** Whether prompts share prefixes, which caches may save; what is offered and served here is in full. */
  readonly sharesPrefixes: boolean;
  /** Mean lengths. */
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
  endpoints: readonly { readonly node: string; readonly router: string }[],
): Generator<number, OfferedLoad> {
  const { ratePerS } = scenario.load;
  const lengths = lengthsOf(scenario, trace);
  const rates = new Map<NodePlan['config'], NodeRate>();
  const plans = nodePlansOf(scenario);
  for (const [index, { config, name }] of plans.entries()) {
    if (!rates.has(config)) rates.set(config, nodeRate(scenario, config, name, lengths));
    yield (index + 1) / plans.length;
  }
  const shares = evenShares(scenario, endpoints);
  const nodes = plans.map(({ name, site, config }): NodeOffer => {
    const rate = rates.get(config)!;
    return { node: name, site, ...rate, evenLoad: loadOf((shares.get(name) ?? 0) * ratePerS, rate.servedPerS) };
  });
  const reached = nodes.filter(({ node }) => shares.has(node));
  const servedPerS = reached.reduce((sum, node) => sum + node.servedPerS, 0);
  const mean = (of: (one: Lengths) => number): number =>
    lengths.reduce((sum, one) => sum + of(one), 0) / lengths.length;
  return {
    requestsPerS: ratePerS,
    users: scenario.load.users ?? null,
    sharesPrefixes:
      Object.values(scenario.load.classes ?? {}).some(({ kind }) => kind !== 'trace') || trace.blocks !== null,
    promptTokens: mean(({ promptTokens }) => promptTokens),
    outputTokens: mean(({ outputTokens }) => outputTokens),
    servedPerS,
    bestLoad: loadOf(ratePerS, servedPerS),
    nodes,
  };
}

/** Of all requests, the share of each node that can be reached, when each router deals out what its clients send to its endpoints in turn. */
const evenShares = (
  scenario: Scenario,
  endpoints: readonly { readonly node: string; readonly router: string }[],
): ReadonlyMap<string, number> => {
  const { clients } = scenario;
  const weightOf = (names: readonly string[]): number => names.reduce((sum, name) => sum + clients[name]!.share, 0);
  const total = weightOf(Object.keys(clients));
  const ofRouter = Map.groupBy(endpoints, ({ router }) => router);
  const shares = new Map<string, number>();
  for (const router of routerPlansOf(scenario)) {
    const own = ofRouter.get(router.name) ?? [];
    const each = weightOf(router.clients) / total / own.length;
    for (const { node } of own) shares.set(node, (shares.get(node) ?? 0) + each);
  }
  return shares;
};

const loadOf = (offeredPerS: number, servedPerS: number): number | null =>
  servedPerS === 0 ? null : offeredPerS / servedPerS;

/** Of a run with more requests, the lengths of the whole trace are taken: it is then repeated anyway. */
const MOST_SCHEDULED = 100_000;

const lengthsOf = (scenario: Scenario, trace: Trace): readonly Lengths[] => {
  const { load, durationS } = scenario;
  if (load.ratePerS * durationS <= MOST_SCHEDULED) {
    // Lengths alone: the rehearsal repeats requests, and would find their prompts in the cache.
    const lengths: Lengths[] = [];
    for (const { promptTokens, outputTokens } of nominalRequests(scheduleOf(scenario, trace), scenario.slo)) {
      lengths.push({ promptTokens, outputTokens });
      if (lengths.length === MOST_SCHEDULED) break;
    }
    if (lengths.length > 0) return lengths;
  }
  return Array.from(trace.promptTokens, (promptTokens, row) => ({
    promptTokens,
    outputTokens: Math.min(trace.outputTokens[row]!, load.maxOutputTokens),
  }));
};
