import { Argument, type Command, InvalidArgumentError } from 'commander';
import { ConfigError } from '../core/config/config-error.ts';
import { suggestion } from '../core/config/nearest.ts';
import type { Ms } from '../core/time/clock.ts';
import { containerName } from '../hosts/compose/container-name.ts';
import { type ContainerFaultKind, containerFaultKinds } from '../hosts/compose/io/container-faults.ts';
import { type LiveRun, liveRuns } from '../hosts/local/io/live-runs.ts';
import { deploymentOf } from '../scenario/deployment/environment.ts';
import { GRPC_PORT } from '../scenario/deployment/ports.ts';
import { readScenario } from '../scenario/io/scenario-file.ts';
import {
  type FaultOrder,
  faultOfOrder,
  type NodeFault,
  type NodeFaultKind,
  nodeFaultKinds,
} from '../services/node/control/fault-order.ts';
import { type ControlAddress, orderFault } from '../services/node/io/order-fault.ts';
import {
  checkContainerFault,
  type FaultParameters,
  faultContainer,
  orderInContainer,
  topologyOfPart,
} from './container-fault.ts';
import { positive, seconds } from './run-options.ts';

interface FaultOptions extends FaultParameters {
  readonly at?: Pick<ControlAddress, 'host' | 'port'>;
  readonly token?: string;
  readonly name?: string;
}

type Kind = NodeFaultKind | ContainerFaultKind;

export const faultCommand = (command: Command): Command =>
  command
    .argument(
      '<part>',
      'a node; in a topology of containers also router (of several: router-NAME), users, NODE-agent and router-agent',
    )
    .addArgument(
      new Argument('<kind>', 'what goes wrong; kill to lose-laser: in containers alone').choices([
        ...new Set([...nodeFaultKinds, ...containerFaultKinds]),
      ]),
    )
    .option('--for <time>', 'how long: 10, 10s, 2m; not for goaway, crash, drain and restart', seconds)
    .option('--share <share>', 'fail: the share of requests, above 0 and at most 1 (default: 1)', positive)
    .option('--factor <n>', 'slow: steps take this many times as long (default: 5)', positive)
    .option('--watts <n>', 'power-cap: what its devices may draw', positive)
    .option('--at <host:port>', 'a node of no local run: where its gRPC is reached; needs --token', hostAndPort)
    .option('--token <token>', 'faults.token of its scenario, with --at')
    .option('--name <name>', 'the topology of containers, where several run')
    .action(async (part: string, kind: Kind, options: FaultOptions) => {
      const fault = isNodeFault(kind) ? nodeFaultOf(kind, options) : null;
      if (isContainerFault(kind)) checkContainerFault(kind, options);
      if (process.env.STARLANE_PART !== undefined) return orderNode(part, kind, fault, { ...options, ...ownAddress() });
      const topology = options.at === undefined ? await topologyOfPart(part, options.name) : null;
      if (topology === null) return orderNode(part, kind, fault, options);
      if (isContainerFault(kind)) return faultContainer({ project: topology, service: part }, kind, options);
      await orderInContainer(containerName(topology, part), part, kind, options);
    });

const isContainerFault = (kind: Kind): kind is ContainerFaultKind => containerFaultKinds.some((one) => one === kind);
const isNodeFault = (kind: Kind): kind is NodeFaultKind => nodeFaultKinds.some((one) => one === kind);

const nodeFaultOf = (kind: NodeFaultKind, options: FaultParameters): NodeFault => {
  const { share, factor, watts } = options;
  const order: FaultOrder = { kind, durationMs: durationMsOf(options), share, factor, watts };
  const fault = faultOfOrder(order);
  if ('key' in fault) throw new ConfigError(fault.key === 'duration' ? '--for' : `--${fault.key}`, fault.message);
  return fault;
};

const durationMsOf = ({ for: lastsS = 0 }: FaultParameters): Ms => lastsS * 1000;

const orderNode = async (node: string, kind: Kind, fault: NodeFault | null, options: FaultOptions): Promise<void> => {
  if (fault === null) {
    throw new ConfigError('KIND', `is ${kind}, which needs a topology of containers that runs: starlane up FILE`);
  }
  const durationMs = durationMsOf(options);
  await orderFault(addressOf(node, options), fault, durationMs);
  process.stdout.write(`${node}: ${kind}${durationMs === 0 ? '' : ` for ${durationMs / 1000} s`}\n`);
};

const ownAddress = (): Pick<FaultOptions, 'at' | 'token'> => {
  const { scenarioFile } = deploymentOf(process.env);
  const { faults } = readScenario(scenarioFile);
  if (faults === null)
    throw new ConfigError('faults.token', 'is not in the scenario that runs; expected one to cause faults');
  return { at: { host: '127.0.0.1', port: GRPC_PORT }, token: faults.token };
};

const addressOf = (node: string, { at, token }: FaultOptions): ControlAddress => {
  if (at !== undefined) {
    if (token === undefined) throw new ConfigError('--token', 'is missing, expected it with --at');
    return { ...at, token };
  }
  if (token !== undefined) throw new ConfigError('--at', 'is missing, expected it with --token');
  const run = theRunOf(node, liveRuns());
  if (run.token !== null) return { host: '127.0.0.1', port: run.nodePorts[node]!, token: run.token };
  throw new ConfigError(
    'faults.token',
    `is not in the scenario ${run.scenario} that runs; expected one to cause faults`,
  );
};

const theRunOf = (node: string, runs: readonly LiveRun[]): LiveRun => {
  if (runs.length === 0) throw new Error('no local run is under way, expected one: starlane run FILE');
  const having = runs.filter(({ nodePorts }) => Object.hasOwn(nodePorts, node));
  if (having.length === 1) return having[0]!;
  if (having.length > 1)
    throw new Error(`${having.length} runs that are under way have a node "${node}"; end all but one`);
  const names = [...new Set(runs.flatMap(({ nodePorts }) => Object.keys(nodePorts)))];
  throw new ConfigError('NODE', `is "${node}", which no run that is under way has; ${suggestion(node, names)}`);
};

function hostAndPort(text: string): Pick<ControlAddress, 'host' | 'port'> {
  const match = /^(.+):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port < 1 || port > 65_535) throw new InvalidArgumentError('Expected HOST:PORT.');
  return { host: match[1]!, port };
}
