import { Argument, Command, InvalidArgumentError } from 'commander';
import { ConfigError } from '../core/config/config-error.ts';
import { suggestion } from '../core/config/nearest.ts';
import { type LiveRun, liveRuns } from '../hosts/local/io/live-runs.ts';
import {
  type FaultOrder,
  faultOfOrder,
  type NodeFaultKind,
  nodeFaultKinds,
} from '../services/node/control/fault-order.ts';
import { type ControlAddress, orderFault } from '../services/node/io/order-fault.ts';
import { positive, seconds } from './run-options.ts';

interface FaultOptions {
  /** Seconds. */
  readonly for?: number;
  readonly share?: number;
  readonly factor?: number;
  readonly watts?: number;
  readonly at?: Pick<ControlAddress, 'host' | 'port'>;
  readonly token?: string;
}

export const faultCommand = (): Command =>
  new Command('fault')
    .description('Make a node of a local run that is under way misbehave on purpose; its scenario needs faults.token.')
    .argument('<node>', 'its name')
    .addArgument(new Argument('<kind>', 'what goes wrong').choices(nodeFaultKinds))
    .option('--for <time>', 'how long: 10, 10s, 2m; not for goaway, crash and drain', seconds)
    .option('--share <share>', 'fail: the share of requests, above 0 and at most 1 (default: 1)', positive)
    .option('--factor <n>', 'slow: steps take this many times as long (default: 5)', positive)
    .option('--watts <n>', 'power-cap: what its devices may draw', positive)
    .option('--at <host:port>', 'a node of no local run: where its gRPC is reached; needs --token', hostAndPort)
    .option('--token <token>', 'faults.token of its scenario, with --at')
    .action(async (node: string, kind: NodeFaultKind, options: FaultOptions) => {
      const { share, factor, watts } = options;
      const order: FaultOrder = { kind, durationMs: (options.for ?? 0) * 1000, share, factor, watts };
      const fault = faultOfOrder(order);
      if ('key' in fault) throw new ConfigError(fault.key === 'duration' ? '--for' : `--${fault.key}`, fault.message);
      await orderFault(addressOf(node, options), fault, order.durationMs);
      process.stdout.write(`${node}: ${kind}${order.durationMs === 0 ? '' : ` for ${order.durationMs / 1000} s`}\n`);
    });

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
