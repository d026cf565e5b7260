import { pathFaultsOf } from '../../scenario/faults-plan.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { linksOf, type Topology } from '../../scenario/topology.ts';
import type { SimulatedCall } from './simulated-call.ts';
import type { SimulatedParts } from './simulated-parts.ts';

/**
 * Logs the faults of the paths of one router, and ends the connections over those that are down; that no byte passes is in the links. `open` are the
 * calls that are open at any time.
 */
export const playPathFaults = ({
  scenario,
  topology,
  parts: { clock, router, connections, emit },
  open,
}: {
  readonly scenario: Scenario;
  readonly topology: Topology;
  readonly parts: Pick<SimulatedParts, 'clock' | 'router' | 'connections' | 'emit'>;
  readonly open: ReadonlySet<Pick<SimulatedCall, 'router' | 'pathIsDown'>>;
}): void => {
  const endpoints = topology.endpoints.map(({ name }) => name);
  for (const path of linksOf(topology).keys()) {
    const endpoint = endpoints.indexOf(path);
    for (const { kind, fromMs, toMs } of pathFaultsOf(scenario, path)) {
      clock.at(fromMs, (atMs) => {
        emit({ kind: 'injected', atMs, path, fault: kind, state: 'began' });
        if (kind !== 'down') return;
        connections[endpoint]!.lose();
        for (const call of [...open]) if (call.router === router) call.pathIsDown(endpoint);
      });
      clock.at(toMs, (atMs) => {
        emit({ kind: 'injected', atMs, path, fault: kind, state: 'ended' });
        if (kind === 'down') connections[endpoint]!.restore();
      });
    }
  }
};
