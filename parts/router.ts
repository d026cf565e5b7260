import { isForked, runService } from '../core/process/io/service-process.ts';
import { runStanding } from '../core/process/io/standing-service.ts';
import { startRouter } from '../hosts/io/live-router.ts';
import { restartedRouter } from '../hosts/io/restarted-router.ts';
import type { RouterReady, RouterSetup } from '../hosts/part-setup.ts';
import { agentAtWork } from '../netem/shaping/agent/io/agent-at-work.ts';
import { startCompanion } from '../netem/shaping/agent/io/companion.ts';
import type { Address } from '../router/io/address.ts';
import { DEFAULT_POLICY, deploymentOf } from '../scenario/deployment/environment.ts';
import { configuredBy } from '../scenario/deployment/io/configured-by.ts';
import { standingOf, standingTopology } from '../scenario/deployment/io/standing-of.ts';
import { hostOn, ROUTER, reachedAt } from '../scenario/deployment/namespace-plan.ts';
import { AGENT_CONTROL_PORT, accessPort, CONTROL_PORT, GRPC_PORT } from '../scenario/deployment/ports.ts';
import { scrapeTargets } from '../scenario/deployment/scrape-targets.ts';
import { routerRestartsOf } from '../scenario/faults-plan.ts';
import { readScenario } from '../scenario/io/scenario-file.ts';
import { checkPolicy } from '../scenario/meant-policy.ts';
import { topologyFrom, topologyOf } from '../scenario/topology.ts';

if (isForked()) {
  runService<RouterSetup, RouterReady>((setup, { emit }) => {
    const scenario = readScenario(setup.scenario, setup.overrides);
    const whole = topologyOf(scenario);
    const plan = whole.routers.find(({ name }) => name === setup.router);
    if (plan === undefined) throw new Error(`the scenario has no router ${setup.router}`);
    const topology = topologyFrom(whole, plan);
    return startRouter({
      scenario,
      topology,
      policy: setup.policy,
      addresses: topology.endpoints.map(({ name }) => ({ host: '127.0.0.1', port: setup.endpointPorts[name]! })),
      doors: [{ host: '127.0.0.1', port: setup.port }],
      drainMs: 0,
      emit,
    });
  });
} else {
  await runStanding(configuredBy(process.env), (emit) => {
    const deployment = deploymentOf(process.env);
    const { policy, isSwarm } = { ...deployment, policy: deployment.policy ?? DEFAULT_POLICY };
    const scenario = readScenario(deployment.scenarioFile, deployment.overrides);
    checkPolicy(scenario.router, policy, { simulated: false, path: 'STARLANE_POLICY' });
    const topology = standingTopology(scenario, deployment);
    const door = (port: number): Address => ({ host: '0.0.0.0', port });
    // On Swarm the relay in this container listens where each group of users calls.
    const doorsOfUsers = isSwarm ? [] : topology.clients.map((_, index) => door(accessPort(index)));
    if (isSwarm) startCompanion();
    return {
      standing: {
        ...standingOf(scenario, deployment, { part: ROUTER, controlPort: CONTROL_PORT }),
        pages: { '/targets': scrapeTargets(scenario) },
      },
      start: async () => {
        await agentAtWork(AGENT_CONTROL_PORT);
        const start = (policy: string) =>
          startRouter({
            scenario,
            topology,
            policy,
            addresses: topology.endpoints.map(({ node, medium }) => ({
              host: reachedAt(hostOn(medium, node), deployment),
              port: GRPC_PORT,
            })),
            doors: [door(GRPC_PORT), ...doorsOfUsers],
            drainMs: scenario.router.drainS * 1000,
            emit,
          });
        const cycleMs = deployment.start === 'cycle' ? scenario.cycleS * 1000 : null;
        return restartedRouter({ start, policy, restartsAtMs: routerRestartsOf(scenario, ROUTER), cycleMs, emit });
      },
    };
  });
}
