import type { EventSink } from '../core/event/event.ts';
import { finiteEvents } from '../core/event/finite-events.ts';
import { localAddressFilter } from '../core/net/io/local-address.ts';
import { closeAll } from '../core/process/close-all.ts';
import { EXIT } from '../core/process/exit-code.ts';
import { isForked, runService, type Service } from '../core/process/io/service-process.ts';
import { runStanding } from '../core/process/io/standing-service.ts';
import { seededRng } from '../core/random/rng.ts';
import type { Ms } from '../core/time/clock.ts';
import { SystemClock } from '../core/time/io/system-clock.ts';
import type { NodeReady, NodeSetup } from '../hosts/part-setup.ts';
import { agentAtWork } from '../netem/shaping/agent/io/agent-at-work.ts';
import { startCompanion } from '../netem/shaping/agent/io/companion.ts';
import { deploymentOf } from '../scenario/deployment/environment.ts';
import { configuredBy } from '../scenario/deployment/io/configured-by.ts';
import { standingOf } from '../scenario/deployment/io/standing-of.ts';
import { AGENT_CONTROL_PORT, CONTROL_PORT, nodePort } from '../scenario/deployment/ports.ts';
import { engineOf } from '../scenario/engine-of.ts';
import { nodeFaultsOf } from '../scenario/faults-plan.ts';
import { readScenario } from '../scenario/io/scenario-file.ts';
import { nodePlansOf } from '../scenario/node-plan.ts';
import { routerPlansOf } from '../scenario/router-plan.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { serveGrpcNode } from '../services/node/io/grpc-node.ts';
import { StepLateness } from '../services/node/io/step-lateness.ts';
import { tracesAsked } from '../services/node/telemetry/traces-asked.ts';

const startNode = async (options: {
  readonly scenario: Scenario;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Further ones, each for a router. */
  readonly alsoPorts?: readonly number[];
  /** The networks on which it accepts calls there, besides the loopback; all of them without it. */
  readonly subnets?: readonly string[];
  readonly emit: EventSink;
  /** Ends the process as a crash would. */
  readonly crash: () => void;
  /** After how long scenario time begins anew; null where it does not. */
  readonly cycleMs: Ms | null;
}): Promise<Service<NodeReady>> => {
  const { scenario, name, host, port, alsoPorts = [], subnets, crash, cycleMs } = options;
  const emit = finiteEvents(`node ${name}`, options.emit);
  const plan = nodePlansOf(scenario).find((node) => node.name === name);
  if (plan === undefined) throw new Error(`the scenario has no node ${name}`);
  const clock = SystemClock.notStarted();
  const lateness = new StepLateness(name);
  const engine = engineOf(scenario, plan, clock, emit, lateness.record);
  const forgetWarmUp = (startsAtMs: Ms): void => {
    lateness.forget();
    clock.at(startsAtMs + scenario.warmUpS * 1000, () => lateness.forget());
  };
  const { startUpS, drainAtS, models = null } = plan.config;
  const warn = (line: string): void => void process.stderr.write(`${line}\n`);
  // Loaded only when asked for: a node without tracing starts without it.
  const spans = tracesAsked(process.env)
    ? (await import('../services/node/io/otlp-spans.ts')).otlpSpans({
        node: name,
        model: engine.profile.id,
        clock,
        warn,
      })
    : null;
  const node = await serveGrpcNode({
    engine,
    clock,
    host,
    port,
    alsoPorts,
    ...(subnets && { takes: localAddressFilter(subnets) }),
    emit,
    startedAtMs: startUpS * 1000,
    drainsAtMs: drainAtS === undefined ? null : drainAtS * 1000,
    spans,
    models,
    faults: scenario.faults && {
      token: scenario.faults.token,
      rng: seededRng(scenario.seed)(`faults/${name}`),
      crash,
    },
  });
  return {
    ready: { port: node.port },
    begin: (startUnixMs) => {
      clock.startAt(startUnixMs);
      forgetWarmUp(0);
      if (clock.now() > 0) engine.forgetEnergy(clock.now()); // it came up in the middle of the run, after a crash
      if (scenario.faults !== null) node.playFaults(nodeFaultsOf(scenario, name), cycleMs);
      node.tellState(0);
    },
    health: () => {
      const { status, reason } = node.state();
      return { ok: status === 'serving', stands: true, status, ...(reason !== null && { reason }) };
    },
    metrics: () => node.metrics(),
    recordingBegan: (nowMs, startsAtMs) => {
      engine.forgetEnergy(nowMs);
      node.tellState(nowMs);
      forgetWarmUp(startsAtMs);
    },
    recordingEnds: (nowMs) => {
      engine.settleEnergy(nowMs);
      emit(lateness.event(nowMs));
    },
    close: () => {
      emit(lateness.event(clock.now())); // before the work of closing, which is not part of the run
      return closeAll([
        () => node.close(0),
        () => engine.settleEnergy(clock.now()),
        () => engine.close(),
        () => spans?.close(),
        () => lateness.close(),
        () => clock.close(),
      ]);
    },
  };
};

if (isForked()) {
  runService<NodeSetup, NodeReady>((setup, { emit, crash }) => {
    const scenario = readScenario(setup.scenario);
    const { node: name, port } = setup;
    return startNode({ scenario, name, host: '127.0.0.1', port, emit, crash, cycleMs: null });
  });
} else {
  await runStanding(configuredBy(process.env), (emit) => {
    const deployment = deploymentOf(process.env);
    const { part: name, isSwarm } = deployment;
    const scenario = readScenario(deployment.scenarioFile, deployment.overrides);
    // On Swarm the relay in this container listens where the others call.
    const host = isSwarm ? '127.0.0.1' : '0.0.0.0';
    if (isSwarm) startCompanion();
    return {
      standing: standingOf(scenario, deployment, { part: name, controlPort: CONTROL_PORT }),
      start: async () => {
        await agentAtWork(AGENT_CONTROL_PORT);
        // The networks of its paths, where its addresses may change; not the control network, where no path is played.
        const subnets = [deployment.subnets.fibre, deployment.subnets.laser];
        const cycleMs = deployment.start === 'cycle' ? scenario.cycleS * 1000 : null;
        const crash = (): void => process.exit(EXIT.failed);
        const [port, ...alsoPorts] = routerPlansOf(scenario).map((_, index) => nodePort(index)) as [
          number,
          ...number[],
        ];
        return startNode({ scenario, name, host, port, alsoPorts, subnets, emit, crash, cycleMs });
      },
    };
  });
}
