import { ConfigError } from '../core/config/config-error.ts';
import { fibreDelayUs } from '../netem/sky/path/fibre-delay.ts';
import { greatCircleKm } from '../netem/sky/path/great-circle.ts';
import type { TransferOptions } from '../services/node/engine/transfer.ts';
import { engineOptionsOf } from '../services/node/engine-options.ts';
import { nodeNames } from './node-names.ts';
import type { ScenarioConfig } from './schema.ts';

type NodeOf = ScenarioConfig['nodes'][string];
type WithNodes = Pick<ScenarioConfig, 'nodes' | 'sites' | 'network'>;

/** Where a node hands its answers over to after their first token. */
export interface HandOverPlan {
  /** The nodes that decode for it. */
  readonly to: readonly string[];
  readonly transfer: TransferOptions;
  /** Whether the rate is ours. */
  readonly isAssumed: boolean;
}

/**
 * The plan for a node; null for one that decodes itself. Between two sites the delay is that of a cable along the great
 * circle, times the stretch of the scenario's fibre.
 */
export const handOverOf = ({ nodes, sites, network }: WithNodes, node: NodeOf): HandOverPlan | null => {
  if (node.decodesAt === undefined) return null;
  const other = nodes[node.decodesAt]!;
  const [mine, theirs] = [node, other].map((each) => engineOptionsOf(each).profile) as [Ours, Ours];
  const isSameSite = node.site === other.site;
  const [from, to] = [sites[node.site]!, sites[other.site]!];
  const delayUs =
    isSameSite || from.satellite !== undefined || to.satellite !== undefined // in orbit means one site: `checkHandOver`
      ? 0
      : fibreDelayUs(greatCircleKm(from, to), network.fibre.stretch);
  const gbps = node.transfer?.gbps ?? (isSameSite ? slowerGbps(mine, theirs) : null);
  return {
    to: nodeNames(node.decodesAt, other.count),
    transfer: { delayMs: delayUs / 1e3, gbps: gbps ?? ASSUMED_GBPS, kvBytesPerToken: mine.model!.kvBytesPerToken },
    isAssumed: gbps === null,
  };
};

/** What to know of the rates that nobody gave, a line each. */
export const handOverRemarks = (scenario: WithNodes): readonly string[] =>
  Object.entries(scenario.nodes).flatMap(([key, node]) => {
    const { decodesAt, transfer } = node;
    const plan = handOverOf(scenario, node);
    if (plan === null) return [];
    const { gbps, delayMs } = plan.transfer;
    const source = plan.isAssumed
      ? ', which is assumed'
      : transfer?.gbps === undefined
        ? ', as their interconnect has'
        : '';
    return [
      `${key} hands answers over to ${decodesAt} at ${gbps} Gbit/s${source}, and ${delayMs.toFixed(2)} ms one way; grade C`,
    ];
  });

/** Throws `ConfigError` where answers are handed over, which live nodes cannot do, or load reports count later, which live routers cannot. */
export const checkPlayedLive = ({ nodes, router }: WithNodes & Pick<ScenarioConfig, 'router'>): void => {
  const { delayMs } = router.signals;
  if (delayMs > 0)
    throw new ConfigError(
      'router.signals.delayMs',
      `is ${delayMs}, which live routers cannot play; expected 0, or the command simulate`,
    );
  for (const [key, { decodesAt }] of Object.entries(nodes)) {
    if (decodesAt === undefined) continue;
    throw new ConfigError(
      `nodes.${key}.decodesAt`,
      `is "${decodesAt}", which live nodes cannot play; expected no such key, or the command simulate`,
    );
  }
};

type Ours = ReturnType<typeof engineOptionsOf>['profile'];

/** Of two interconnects; null where one of the profiles has none. */
const slowerGbps = (mine: Ours, theirs: Ours): number | null =>
  mine.interconnect === null || theirs.interconnect === null
    ? null
    : Math.min(mine.interconnect.busGBs, theirs.interconnect.busGBs) * 8;

/** A usual adapter of a server, and a usual wave of a cable: nothing was measured here. */
const ASSUMED_GBPS = 100;
