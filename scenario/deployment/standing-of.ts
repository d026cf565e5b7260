import type { Standing } from '../../core/process/io/standing-service.ts';
import type { Scenario } from '../scenario.ts';
import { cyclicTopology, type Topology, topologyOf } from '../topology.ts';
import type { DeploymentEnvironment } from './environment.ts';

/** How a part stands in its container. */
export const standingOf = (
  scenario: Scenario,
  { start, runFolder, subnets }: DeploymentEnvironment,
  { part, controlPort }: { readonly part: string; readonly controlPort: number },
): Standing => ({
  part,
  start: start === 'cycle' ? { kind: 'cycle', cycleMs: scenario.cycleS * 1000 } : { kind: 'awaited' },
  agrees: agreementOf(scenario),
  runFolder,
  controlPort,
  controlSubnets: [subnets.access],
});

/** What the parts of one run must have in common. */
export const agreementOf = ({ hash, seed }: Scenario): Standing['agrees'] => ({ scenario: hash, seed });

/** The topology as it stands: where scenario time follows the wall clock, paths begin anew with each cycle. */
export const standingTopology = (scenario: Scenario, { start }: DeploymentEnvironment): Topology =>
  start === 'cycle' ? cyclicTopology(topologyOf(scenario), scenario.cycleS * 1000) : topologyOf(scenario);
