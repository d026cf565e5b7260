import { type ElementsCount, elementsRemarks } from '../../netem/sky/orbit/elements-count.ts';
import { withoutEffect } from '../../router/attempt/without-effect.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { Topology } from '../../scenario/topology.ts';
import type { OfferedLoad } from './offered-load.ts';
import type { Outlook } from './outlook.ts';
import { isRarelyUp } from './rarely-up.ts';
import { shareText } from './share-text.ts';
import type { Outage, PathUptime } from './uptime.ts';

/** What somebody who starts this run should know first, a line each; empty when there is nothing. */
export const outlookWarnings = (
  scenario: Scenario,
  topology: Topology,
  { paths, load, elements }: Pick<Outlook, 'paths' | 'load' | 'elements'>,
): readonly string[] => [
  ...(elements === null ? [] : elementsWarnings(elements)),
  ...[...paths].flatMap(([path, uptime]) => pathWarnings(path, uptime, scenario.load.deadlineS)),
  ...unreachedWarnings(topology, paths),
  ...heldWarnings(scenario),
  ...attemptWarnings(scenario, topology),
  ...loadWarnings(load),
  ...load.nodes.flatMap(nodeWarnings),
];

/** The number of satellites is a remark, and a warning only where none is usable; their age is one always. */
const elementsWarnings = (count: ElementsCount): readonly string[] =>
  elementsRemarks(count).slice(count.usable === 0 ? 0 : 1);

const pathWarnings = (path: string, uptime: PathUptime, deadlineS: number): readonly string[] => {
  const { upShare, longestOutage } = uptime;
  if (upShare === 0) return [`path ${path} is never up in this run: ${causesOf(uptime)}`];
  if (isRarelyUp(upShare)) return [`path ${path} is up ${shareText(upShare)} of this run: ${causesOf(uptime)}`];
  return longestOutage !== null && longestOutage.forMs > deadlineS * 1000
    ? [
        `path ${path} is down ${lengthOf(longestOutage)}, longer than a request may take (${deadlineS} s): ${causesOf(uptime)}`,
      ]
    : [];
};

/** `60.0 s from 20.0 s on`. */
export const lengthOf = ({ fromMs, forMs }: Outage): string => `${seconds(forMs)} s from ${seconds(fromMs)} s on`;

/** Why a path is down, with the share of the run of each reason, the largest first. */
export const causesOf = ({ downShareBy }: PathUptime): string => {
  const causes = Object.entries(downShareBy).sort(([, a], [, b]) => b - a);
  return causes.length === 1
    ? causes[0]![0]
    : causes.map(([because, share]) => `${because} ${shareText(share)}`).join(', ');
};

const seconds = (ms: number): string => (ms / 1000).toFixed(1);

const unreachedWarnings = (topology: Topology, paths: Outlook['paths']): readonly string[] => [
  ...topology.nodes
    .filter(({ name }) =>
      topology.endpoints.every((endpoint) => endpoint.node !== name || paths.get(endpoint.name)!.upShare === 0),
    )
    .map(({ name }) => `node ${name} cannot be reached: none of its paths is ever up`),
  ...topology.clients
    .filter(({ name }) => paths.get(`${name}/access`)!.upShare === 0)
    .map(({ name }) => `client ${name} cannot reach the router: its requests stay open to the end`),
];

/** Faults that hold requests, without their end, when the run ends: one with such requests is not valid, as they are still open. */
const heldWarnings = ({ faults, durationS, drainS, load: { deadlineS } }: Scenario): readonly string[] => {
  if (drainS >= deadlineS) return [];
  const endS = durationS + drainS;
  return (faults?.timeline ?? [])
    .filter(({ kind, atS, forS = 0 }) => HOLDING.includes(kind) && atS < endS && atS + forS > endS)
    .map(
      ({ kind, atS, node, path }) =>
        `fault ${kind} of ${node === undefined ? `path ${path}` : `node ${node}`} from ${seconds(atS * 1000)} s on lasts beyond the end, and the run waits ${drainS} s for requests that may take ${deadlineS} s: those that it holds will be open; set drainS to ${deadlineS}`,
    );
};

/** What the router is told to do, and never will. */
const attemptWarnings = ({ router }: Scenario, { endpoints }: Topology): readonly string[] =>
  withoutEffect(router, { endpoints, knowsHandovers: router.knowledge.kind !== 'none' }, 'router.');

const HOLDING: readonly string[] = ['hang', 'blackhole'];

const nodeWarnings = ({ node, openShare, tooLongShare }: OfferedLoad['nodes'][number]): readonly string[] => [
  ...(openShare === 0 ? [`node ${node} takes no request in this run: it starts too late or drains too early`] : []),
  ...(tooLongShare > 0
    ? [`node ${node} refuses ${shareText(tooLongShare)} of the requests: they do not fit into its cache`]
    : []),
];

/** What is no fault of a scenario, but of a policy that splits the load evenly: a line for each node that it overloads. */
export const evenSplitNotes = ({ nodes, users, sharesPrefixes }: OfferedLoad): readonly string[] =>
  nodes.flatMap(({ node, evenLoad }) =>
    users === null && evenLoad !== null && evenLoad > 1
      ? [
          `an even split gives node ${node} ${evenLoad.toFixed(2)} times what it serves: its queue grows under round-robin${sharesPrefixes ? ', if its cache saves nothing' : ''}`,
        ]
      : [],
  );

const loadWarnings = ({
  bestLoad,
  requestsPerS,
  servedPerS,
  users,
  sharesPrefixes,
}: OfferedLoad): readonly string[] => {
  if (bestLoad === null) return ['no node can serve a request of this load'];
  const served = `${servedPerS.toFixed(1)}${sharesPrefixes ? ', if caches of prefixes save nothing' : ''}`;
  if (users !== null) {
    return bestLoad > 1
      ? [
          `${users} users would send ${requestsPerS} requests a second if each answer just met its objectives, and all nodes together serve about ${served}: users may wait longer`,
        ]
      : [];
  }
  const offered = `${requestsPerS} requests a second are offered, and all nodes together serve about ${served}`;
  if (bestLoad > 1) return [`${offered}: queues grow under every policy`];
  if (bestLoad > NEARLY_FULL) return [`${offered}: near the limit, queues grow with every burst`];
  return [];
};

const NEARLY_FULL = 0.9;
