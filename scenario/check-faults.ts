import { suggestion } from '../core/config/nearest.ts';
import type { Config } from '../core/config/read-config.ts';
import { faultOfOrder, nodeFaultKinds } from '../services/node/control/fault-order.ts';
import { engineOptionsOf } from '../services/node/engine-options.ts';
import { orderOf } from './faults-plan.ts';
import type { PlannedFault } from './faults-schema.ts';
import { nodeNames } from './node-names.ts';
import { endpointName, routerEntries, routerPlansOf } from './router-plan.ts';
import type { ScenarioConfig } from './schema.ts';

/**
 * Checks that each fault of the timeline happens to one thing that the scenario has, is of a kind that can happen to it, and
 * lasts as such a kind does. Throws `ConfigError` with the place of the first mistake.
 */
export const checkFaults = (config: Config<ScenarioConfig>): void => {
  for (const [index, planned] of (config.value.faults?.timeline ?? []).entries()) {
    const mistake = mistakeOf(planned, config.value);
    if (mistake !== null) throw config.mistake(['faults', 'timeline', index, ...mistake.at], mistake.message);
  }
};

interface Mistake {
  readonly at: readonly string[];
  readonly message: string;
}

const mistakeOf = (planned: PlannedFault, scenario: ScenarioConfig): Mistake | null => {
  const targets = (['node', 'path', 'router'] as const).filter((key) => planned[key] !== undefined);
  if (targets.length !== 1) {
    const given = targets.length === 0 ? 'nothing' : targets.join(' and ');
    return { at: [], message: `happens to ${given}, expected one of node, path and router` };
  }
  if (planned.node !== undefined) return mistakeOfNode(planned, planned.node, scenario);
  for (const key of ['share', 'code', 'factor', 'watts'] as const) {
    if (planned[key] !== undefined) return { at: [key], message: 'is given, but only faults of nodes have it' };
  }
  return planned.path !== undefined
    ? mistakeOfPath(planned, planned.path, scenario)
    : mistakeOfRouter(planned, scenario);
};

const mistakeOfNode = (planned: PlannedFault, node: string, { nodes }: ScenarioConfig): Mistake | null => {
  const owners = new Map(
    Object.entries(nodes).flatMap(([name, config]) =>
      nodeNames(name, config.count).map((one) => [one, config] as const),
    ),
  );
  const config = owners.get(node);
  if (config === undefined) return unknown('node', node, [...owners.keys()]);
  if (!nodeFaultKinds.some((kind) => kind === planned.kind)) return wrongKind(planned.kind, 'node', nodeFaultKinds);
  const fault = faultOfOrder(orderOf(planned));
  if ('key' in fault) return { at: [fault.key === 'duration' ? 'forS' : fault.key], message: fault.message };
  const { profile } = engineOptionsOf(config, `nodes.${node}`);
  return fault.kind === 'power-cap' && profile.power === null
    ? { at: ['kind'], message: `is power-cap, but profile ${profile.id} of node "${node}" has no watts` }
    : null;
};

const mistakeOfPath = (planned: PlannedFault, path: string, scenario: ScenarioConfig): Mistake | null => {
  const access = Object.keys(scenario.clients).map((client) => `${client}/access`);
  const endpoints = routerPlansOf(scenario).flatMap((router) =>
    router.nodes.flatMap(({ name, config }) => config.media.map((medium) => endpointName(router, name, medium))),
  );
  const known = [...endpoints, ...access];
  if (!known.includes(path)) {
    const ofRouters = endpoints.filter((endpoint) => endpoint.endsWith(`/${path}`));
    return unknown('path', path, ofRouters.length === 0 ? known : ofRouters);
  }
  const kinds = access.includes(path) ? ['blackhole'] : ['down', 'blackhole'];
  if (!kinds.includes(planned.kind)) return wrongKind(planned.kind, `path ${path}`, kinds);
  return planned.forS === undefined
    ? { at: ['forS'], message: `is missing, expected how long the ${planned.kind} lasts` }
    : null;
};

const mistakeOfRouter = ({ router, kind, forS }: PlannedFault, scenario: ScenarioConfig): Mistake | null => {
  const routers = routerEntries(scenario).map(([name]) => name);
  if (typeof router === 'string' && !routers.includes(router)) return unknown('router', router, routers);
  if (kind !== 'restart') return wrongKind(kind, 'router', ['restart']);
  return forS === undefined ? null : { at: ['forS'], message: `is ${forS}, but a restart takes none` };
};

const unknown = (what: 'node' | 'path' | 'router', name: string, known: readonly string[]): Mistake => ({
  at: [what],
  message: `is "${name}", which is no ${what}; ${suggestion(name, known)}`,
});

const wrongKind = (kind: string, what: string, kinds: readonly string[]): Mistake => ({
  at: ['kind'],
  message: `is ${kind}, which cannot happen to a ${what}; expected one of ${kinds.join(', ')}`,
});
