import { nodePlansOf } from '../node-plan.ts';
import type { Scenario } from '../scenario.ts';
import { ROUTER, USERS } from './namespace-plan.ts';
import { AGENT_CONTROL_PORT, CONTROL_PORT } from './ports.ts';

/** A part of a running topology. */
export interface StandingPart {
  /** Its name in logs. */
  readonly name: string;
  /** The container that answers for its health, and the port. */
  readonly host: string;
  readonly controlPort: number;
  readonly isAgent: boolean;
}

/** Every part of a running topology, except the load. */
export const standingParts = (scenario: Scenario): readonly StandingPart[] => {
  const owners = [...nodePlansOf(scenario).map(({ name }) => name), ROUTER];
  return [
    ...owners.map((name) => ({ name, host: name, controlPort: CONTROL_PORT, isAgent: false })),
    ...[...owners, USERS].map((host) => ({
      name: `${host}-agent`,
      host,
      controlPort: AGENT_CONTROL_PORT,
      isAgent: true,
    })),
  ];
};
