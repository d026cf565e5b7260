import type { Ms } from '../core/time/clock.ts';
import type { Window } from '../netem/links/model/windows.ts';
import { type FaultOrder, faultOfOrder } from '../services/node/control/fault-order.ts';
import type { PlannedNodeFault } from '../services/node/control/fault-timeline.ts';
import type { PlannedFault } from './faults-schema.ts';
import type { ScenarioConfig } from './schema.ts';

type WithFaults = Pick<ScenarioConfig, 'faults'>;

/** The faults of one node in the order of time. */
export const nodeFaultsOf = (scenario: WithFaults, node: string): readonly PlannedNodeFault[] =>
  timelineOf(scenario)
    .filter((planned) => planned.node === node)
    .map((planned) => {
      const fault = faultOfOrder(orderOf(planned));
      if ('key' in fault) throw new Error(`a fault of ${node} was not checked: ${fault.key} ${fault.message}`);
      return { atMs: planned.atS * 1000, durationMs: (planned.forS ?? 0) * 1000, fault };
    });

/** A fault of a path. In both no byte passes; with `down` both ends hear of it, since their connections are reset. */
export interface PlannedPathFault extends Window {
  readonly kind: 'down' | 'blackhole';
}

export const pathFaultsOf = (scenario: WithFaults, path: string): readonly PlannedPathFault[] =>
  timelineOf(scenario)
    .filter((planned) => planned.path === path)
    .map(({ atS, forS = 0, kind }) => ({
      kind: kind === 'down' ? kind : 'blackhole',
      fromMs: atS * 1000,
      toMs: (atS + forS) * 1000,
    }));

/** When a router is started anew, by its name in the plan. */
export const routerRestartsOf = (scenario: WithFaults, name: string): readonly Ms[] =>
  timelineOf(scenario)
    .filter(({ router }) => router === true || router === name)
    .map(({ atS }) => atS * 1000);

/** A planned fault of a node in the words of an order. */
export const orderOf = ({ kind, forS = 0, share, code, factor, watts }: PlannedFault): FaultOrder => ({
  kind: kind as FaultOrder['kind'], // `checkFaults` lets a node have no other
  durationMs: forS * 1000,
  share,
  code,
  factor,
  watts,
});

const timelineOf = ({ faults }: WithFaults): readonly PlannedFault[] =>
  (faults?.timeline ?? []).toSorted((a, b) => a.atS - b.atS);

/** How long a process is away that crashed or is started anew, at least. */
export const RESTART_MS: Ms = 1000;
