import { ConfigError } from '../core/config/config-error.ts';
import type { EventSink } from '../core/event/event.ts';
import { finiteEvents } from '../core/event/finite-events.ts';
import { closeAll } from '../core/process/close-all.ts';
import { RunFolder } from '../core/process/io/run-folder.ts';
import type { Service } from '../core/process/io/service-process.ts';
import { runStanding } from '../core/process/io/standing-service.ts';
import { seededRng } from '../core/random/rng.ts';
import type { Cancel } from '../core/time/clock.ts';
import { SystemClock } from '../core/time/io/system-clock.ts';
import { ToldPathFaults } from '../hosts/told-path-faults.ts';
import { emitLinkChanges } from '../netem/links/model/link-events.ts';
import { AgentMetrics } from '../netem/shaping/agent/io/agent-metrics.ts';
import { attachmentTo, isCutOff } from '../netem/shaping/agent/io/attachment.ts';
import { playNetem } from '../netem/shaping/agent/io/netem-player.ts';
import { PartWatch } from '../netem/shaping/agent/io/part-watch.ts';
import type { Player } from '../netem/shaping/agent/io/player.ts';
import { playRelay } from '../netem/shaping/agent/io/relay-player.ts';
import type { NamespacePaths } from '../netem/shaping/agent/namespace-paths.ts';
import { Prober } from '../netem/shaping/probe/io/prober.ts';
import { netemSupport } from '../netem/shaping/tc/io/netem-support.ts';
import { type DeploymentEnvironment, deploymentOf, type NetworkName } from '../scenario/deployment/environment.ts';
import { configuredBy } from '../scenario/deployment/io/configured-by.ts';
import { standingOf, standingTopology } from '../scenario/deployment/io/standing-of.ts';
import { namespacePlan, reachedAt, USERS } from '../scenario/deployment/namespace-plan.ts';
import { standingParts } from '../scenario/deployment/parts.ts';
import { AGENT_CONTROL_PORT, CONTROL_PORT } from '../scenario/deployment/ports.ts';
import { pathFaultsOf } from '../scenario/faults-plan.ts';
import { readScenario } from '../scenario/io/scenario-file.ts';
import type { Scenario } from '../scenario/scenario.ts';

const FOLLOW_MS = 1000;
const PROBE_EVERY_MS = 97;

/*
 * The agent of one network namespace: it runs beside a node, a router or the users, and plays the paths that begin or end
 * there, with the kernel's netem or, where the kernel has none, with a relay.
 */
await runStanding(configuredBy(process.env, { isAgent: true }), (emit) => {
  const deployment = deploymentOf(process.env);
  const { part, isSwarm, isWithin } = deployment;
  const scenario = readScenario(deployment.scenarioFile, deployment.overrides);
  const parts = new Set(standingParts(scenario).map(({ host }) => host));
  if (!parts.has(part))
    throw new ConfigError('STARLANE_PART', `is "${part}", expected one of ${[...parts].join(', ')}`);
  const plan = namespacePlan(standingTopology(scenario, deployment), part);
  // On Swarm containers cannot share a namespace, so every part starts its own agent, and the separate agent has nothing to
  // do. The users' side always is its own agent. Logs are named after the agent that plays.
  const isIdle = isSwarm && !isWithin && part !== USERS;
  const name = isIdle ? `${part}-idle-agent` : `${part}-agent`;
  return {
    standing: standingOf(scenario, deployment, { part: name, controlPort: AGENT_CONTROL_PORT }),
    start: () => (isIdle ? idle() : startAgent(plan, deployment, scenario, emit)),
  };
});

async function startAgent(
  plan: NamespacePaths,
  deployment: DeploymentEnvironment,
  scenario: Scenario,
  sink: EventSink,
): Promise<Service<null>> {
  const { part, subnets } = deployment;
  const emit = finiteEvents(`${part}-agent`, sink);
  const clock = SystemClock.notStarted();
  const say = (text: string): void => void process.stdout.write(`${part}-agent: ${text}\n`);
  const folder = new RunFolder(deployment.runFolder);
  while (isCutOff()) {
    // The part ended before this agent was here. An empty namespace cannot be set up, and the new one does not exist yet.
    if ((folder.birthOf(part) ?? 0) > performance.timeOrigin) throw new Error(`${part} came up again`);
    await new Promise((resolve) => setTimeout(resolve, FOLLOW_MS));
  }
  let hasLeft: string | null = null;
  const onFault = (problem: string): void => {
    if (hasLeft !== null && isCutOff()) return; // the lost network is the cause of any failure from now on
    say(problem);
    emit({ kind: 'fault', atMs: clock.now(), part: `${part}-agent`, reason: problem });
  };
  const attachment = (network: string) => {
    const found = attachmentTo(subnets[network as NetworkName]);
    if (found === null)
      throw new Error(`${part} is not on the network ${network} (${subnets[network as NetworkName]})`);
    return found;
  };
  const shaper = await chosenShaper(deployment, say);
  const player: Player =
    shaper === 'netem'
      ? await playNetem({
          departures: plan.departures,
          attachmentTo: attachment,
          clock,
          onFault,
          exemptPorts: [CONTROL_PORT, AGENT_CONTROL_PORT],
          echoes: plan.arrivals.map(({ network, probePort }) => ({ network, port: probePort })),
        })
      : await playRelay({
          arrivals: plan.arrivals,
          attachmentTo: attachment,
          clock,
          rng: seededRng(scenario.seed),
          transport: scenario.network.transport,
          redirects: !deployment.isSwarm,
          onFault,
        });
  const networks = new Set([...plan.departures, ...plan.arrivals].map(({ network }) => network));
  const watch = new PartWatch({
    part,
    attachments: new Map([...networks].map((network) => [network, attachment(network)])),
    attachmentTo: (network) => attachmentTo(subnets[network as NetworkName]),
    birth: () => folder.birthOf(part),
  });
  const reattach = async (network: string): Promise<void> => {
    const { address } = attachment(network);
    onFault(`${part} is back on the network ${network}, at ${address}`);
    // What it rejects with ends this agent, so that Docker starts a new one.
    if (player.reattach === undefined) throw new Error(`begins anew for the network ${network}`);
    await player.reattach(network);
  };
  let reattaching: Promise<void> = Promise.resolve();
  const following = setInterval(() => {
    const { left, back } = watch.look();
    if (left !== null && hasLeft === null) onFault(`${part} left the network ${left}: waiting for its return`);
    hasLeft = left;
    for (const network of back) reattaching = reattaching.then(() => reattach(network));
    if (hasLeft === null || !isCutOff()) player.followPeers().catch((error: Error) => onFault(error.message));
  }, FOLLOW_MS);
  const metrics = new AgentMetrics(player, clock);
  const faults = new ToldPathFaults(
    new Map(plan.arrivals.map(({ path }) => [path, pathFaultsOf(scenario, path)])),
    emit,
  );
  let logging: readonly Cancel[] = [];
  let prober: Prober | null = null;
  let recordings = 0;
  let startedUnixMs = 0;
  const probe = async (recording: number): Promise<void> => {
    try {
      const paths = Object.fromEntries(
        plan.probed.map(({ path, host, port }) => [path, { host: reachedAt(host, deployment), port }]),
      );
      const connected = await Prober.connect({ paths, everyMs: PROBE_EVERY_MS, emit });
      if (recording !== recordings) {
        connected.close(); // the recording ended before its paths were connected
        return;
      }
      prober = connected;
      connected.begin(startedUnixMs);
    } catch (error) {
      onFault(`cannot probe its paths: ${(error as Error).message}`);
    }
  };
  const endProbing = (): void => {
    recordings++;
    prober?.close(); // it reports its losses now, because the log is about to close
    prober = null;
  };
  return {
    ready: null,
    begin: (startUnixMs) => {
      startedUnixMs = startUnixMs;
      clock.startAt(startUnixMs);
      player.begin();
      faults.begin(clock, deployment.start === 'cycle' ? scenario.cycleS * 1000 : null);
    },
    health: () => ({ ...player.health(), shaper, ...(hasLeft === null ? {} : { ok: false, hasLeft }) }),
    metrics: () => metrics.text(),
    recordingBegan: (nowMs) => {
      logging = [...player.links].map(([name, link]) => emitLinkChanges(name, link, { clock, emit, fromMs: nowMs }));
      faults.tell(nowMs);
      void probe(recordings);
    },
    recordingEnds: () => {
      endProbing();
      for (const cancel of logging) cancel();
    },
    close: () => {
      clearInterval(following);
      endProbing();
      return closeAll([() => player.close(), () => clock.close()]);
    },
  };
}

async function chosenShaper({ shaper, isSwarm }: DeploymentEnvironment, say: (text: string) => void) {
  if (isSwarm && shaper === 'netem') {
    throw new ConfigError('STARLANE_SHAPER', 'is netem, which no container has on Swarm; expected auto or relay here');
  }
  if (isSwarm || shaper === 'relay') {
    say('shaper relay');
    return 'relay';
  }
  const support = await netemSupport();
  if (support.supported) {
    say('shaper netem');
    return 'netem';
  }
  if (shaper === 'netem') {
    throw new ConfigError('STARLANE_SHAPER', `is netem, but ${support.reason}; expected auto or relay here`);
  }
  say(`FALLBACK: shaper relay instead of netem, because ${support.reason}`);
  return 'relay';
}

async function idle(): Promise<Service<null>> {
  process.stdout.write('nothing to do on Swarm, where each part shapes its own paths\n');
  return { ready: null, begin: () => {}, health: () => ({ ok: true, idle: true }), close: () => {} };
}
