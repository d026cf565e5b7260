import type { Standing } from '../../../core/process/io/standing-service.ts';
import type { Scenario } from '../../scenario.ts';
import { fixedHash, routerHash } from '../../standing-hashes.ts';
import { cyclicTopology, type Topology, topologyOf } from '../../topology.ts';
import type { DeploymentEnvironment } from '../environment.ts';
import { scenarioEdits } from './scenario-edits.ts';

/** How a part runs in its container. */
export const standingOf = (
  scenario: Scenario,
  { start, subnets, overrides, adminToken, scenarioFile, scenarioHash }: DeploymentEnvironment,
  { part, controlPort }: { readonly part: string; readonly controlPort: number },
): Standing => ({
  part,
  start: start === 'cycle' ? { kind: 'cycle', cycleMs: scenario.cycleS * 1000 } : { kind: 'awaited' },
  agrees: agreementOf(scenario),
  told: { start, ...overrides },
  note: scenarioHash === null ? () => null : scenarioEdits(scenarioFile, { generated: scenarioHash, read: scenario }),
  adminToken,
  controlPort,
  controlSubnets: [subnets.access],
});

/** Values that must be equal in all parts of one run. */
const agreementOf = (scenario: Scenario): StandingAgreement => ({
  scenario: fixedHash(scenario),
  seed: scenario.seed,
});

/** The same for routers and for whoever sends them a load: routers may be told another part of the scenario while they run. */
export const routerAgreementOf = (scenario: Scenario): StandingAgreement => ({
  ...agreementOf(scenario),
  router: routerHash(scenario),
});

type StandingAgreement = Readonly<Record<string, string | number>>;

/** The topology of running containers. If scenario time follows the wall clock, paths start again with each cycle. */
export const standingTopology = (scenario: Scenario, { start }: DeploymentEnvironment): Topology =>
  start === 'cycle' ? cyclicTopology(topologyOf(scenario), scenario.cycleS * 1000) : topologyOf(scenario);
