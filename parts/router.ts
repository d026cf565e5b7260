import { ConfigError } from '../core/config/config-error.ts';
import { isForked, runService } from '../core/process/io/service-process.ts';
import { runStanding } from '../core/process/io/standing-service.ts';
import { StandingReload } from '../hosts/compose/io/standing-reload.ts';
import { startRouter } from '../hosts/io/live-router.ts';
import { restartedRouter } from '../hosts/io/restarted-router.ts';
import { watchedEventLoop } from '../hosts/io/watched-event-loop.ts';
import type { RouterReady, RouterSetup } from '../hosts/part-setup.ts';
import { type RouterReload, reloadedBy } from '../hosts/router-reload.ts';
import { agentAtWork } from '../netem/shaping/agent/io/agent-at-work.ts';
import { startCompanion } from '../netem/shaping/agent/io/companion.ts';
import type { Address } from '../router/io/address.ts';
import { DEFAULT_POLICY, deploymentOf } from '../scenario/deployment/environment.ts';
import { configuredBy } from '../scenario/deployment/io/configured-by.ts';
import { standingOf, standingTopology } from '../scenario/deployment/io/standing-of.ts';
import { accessDoors, endpointDoors, reachedAt, routerPart } from '../scenario/deployment/namespace-plan.ts';
import { AGENT_CONTROL_PORT, CONTROL_PORT, GRPC_PORT } from '../scenario/deployment/ports.ts';
import { scrapeTargets } from '../scenario/deployment/scrape-targets.ts';
import { readScenario } from '../scenario/io/scenario-file.ts';
import { checkPolicy } from '../scenario/meant-policy.ts';
import type { RouterRun } from '../scenario/rollout-plan.ts';
import type { RouterPlan } from '../scenario/router-plan.ts';
import { topologyFrom, topologyOf } from '../scenario/topology.ts';

const LOOPBACK = '127.0.0.1';
const partOf = ({ label }: RouterPlan): string => (label === null ? 'router' : `router ${label}`);

if (isForked()) {
  runService<RouterSetup, RouterReady>(async (setup, { emit }) => {
    const scenario = readScenario(setup.scenario);
    const whole = topologyOf(scenario);
    const plan = whole.routers.find(({ name }) => name === setup.router);
    if (plan === undefined) throw new Error(`the scenario has no router ${setup.router}`);
    const topology = topologyFrom(whole, plan);
    const addresses = topology.endpoints.map(({ name }) => ({ host: LOOPBACK, port: setup.endpointPorts[name]! }));
    const start = (run: RouterRun, port: number) =>
      startRouter({ ...run, topology, addresses, doors: [{ host: LOOPBACK, port }], drainMs: 0, emit });
    const { policy, port } = setup;
    const router = await restartedRouter({ start, run: { scenario, policy }, port, plan, cycleMs: null, emit });
    const reload = (told: unknown) => router.reload(reloadedBy(router.run().scenario, told as RouterReload));
    const service = { ...router, orders: { ...router.orders, reload } };
    return watchedEventLoop(service, { part: partOf(plan), warmUpMs: scenario.warmUpS * 1000, emit });
  });
} else {
  await runStanding(configuredBy(process.env), (emit) => {
    const deployment = deploymentOf(process.env);
    const { policy, part, isSwarm } = { ...deployment, policy: deployment.policy ?? DEFAULT_POLICY };
    const scenario = readScenario(deployment.scenarioFile, deployment.overrides);
    checkPolicy(scenario.router, policy, { simulated: false, path: 'STARLANE_POLICY' });
    const whole = standingTopology(scenario, deployment);
    const plan = whole.routers.find((router) => routerPart(router) === part);
    if (plan === undefined) {
      const routers = whole.routers.map(routerPart).join(', ');
      throw new ConfigError('STARLANE_PART', `is "${part}", expected one of ${routers}`);
    }
    const topology = topologyFrom(whole, plan);
    const nodes = endpointDoors(whole);
    const users = accessDoors(whole);
    const door = (port: number): Address => ({ host: '0.0.0.0', port });
    // On Swarm the relay in this container listens where each group of users calls.
    const doorsOfUsers = isSwarm ? [] : topology.clients.map(({ name }) => door(users.get(name)!.port));
    if (isSwarm) startCompanion();
    const { scenarioFile: file, overrides } = deployment;
    const say = (line: string): void => void process.stdout.write(`${part}: ${line}\n`);
    const reload = new StandingReload({ scenario, file, overrides, say });
    return {
      standing: {
        ...standingOf(scenario, deployment, { part, controlPort: CONTROL_PORT }),
        agrees: () => reload.agrees(),
        note: deployment.scenarioHash === null ? () => null : () => reload.note(),
        pages: { '/targets': scrapeTargets(scenario) },
      },
      start: async () => {
        await agentAtWork(AGENT_CONTROL_PORT);
        const addresses = topology.endpoints.map(({ name }) => {
          const { host, port } = nodes.get(name)!;
          return { host: reachedAt(host, deployment), port };
        });
        const start = (run: RouterRun, port: number) =>
          startRouter({
            ...{ ...run, topology, addresses, emit },
            doors: [door(port), ...doorsOfUsers],
            drainMs: 'of-scenario',
          });
        const cycleMs = deployment.start === 'cycle' ? scenario.cycleS * 1000 : null;
        const router = await restartedRouter({
          start,
          run: { scenario, policy },
          port: GRPC_PORT,
          plan,
          cycleMs,
          emit,
        });
        const service = reload.serve(router, { watches: deployment.watchesRouter });
        return watchedEventLoop(service, { part: partOf(plan), warmUpMs: scenario.warmUpS * 1000, emit });
      },
    };
  });
}
