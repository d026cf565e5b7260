import { nodePlansOf } from '../node-plan.ts';
import { routerPlansOf } from '../router-plan.ts';
import type { Scenario } from '../scenario.ts';
import { routerPart, USERS } from './namespace-plan.ts';
import { AGENT_CONTROL_PORT, CONTROL_PORT } from './ports.ts';

/** A part of a running topology. */
export interface StandingPart {
  /** Its name in logs. */
  readonly name: string;
  /** The container that answers for its health, and the port. */
  readonly host: string;
  readonly controlPort: number;
  readonly role: 'router' | 'node' | 'agent';
}

/** Every part of a running topology, except the load. */
export const standingParts = (scenario: Scenario): readonly StandingPart[] => {
  const nodes = nodePlansOf(scenario).map(({ name }) => name);
  const routers = routerPlansOf(scenario).map(routerPart);
  const owner = (name: string, role: 'router' | 'node') => ({ name, host: name, controlPort: CONTROL_PORT, role });
  return [
    ...nodes.map((name) => owner(name, 'node')),
    ...routers.map((name) => owner(name, 'router')),
    ...[...nodes, ...routers, USERS].map((host) => ({
      name: `${host}-agent`,
      host,
      controlPort: AGENT_CONTROL_PORT,
      role: 'agent' as const,
    })),
  ];
};
