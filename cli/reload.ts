import { dirname, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { ConfigError } from '../core/config/config-error.ts';
import { readText } from '../core/config/io/read-text.ts';
import type { RouterChange } from '../core/event/event.ts';
import { routerChangesText } from '../core/event/router-change-text.ts';
import { RunFolder } from '../core/process/io/run-folder.ts';
import { reloadTopology, type TopologyScenario } from '../hosts/compose/io/topology-reload.ts';
import { orderReload } from '../hosts/io/order-reload.ts';
import { type LiveRun, liveRuns } from '../hosts/local/io/live-runs.ts';
import { isOwnPolicy } from '../router/pick/own-policy.ts';
import { deploymentOf } from '../scenario/deployment/environment.ts';
import { routerPart } from '../scenario/deployment/namespace-plan.ts';
import { CONTROL_PORT } from '../scenario/deployment/ports.ts';
import { readScenario } from '../scenario/io/scenario-file.ts';
import { routerPlansOf } from '../scenario/router-plan.ts';

interface ReloadOptions {
  readonly name?: string;
  readonly json: boolean;
}

const HELP = `
Only the router's part may differ, and of it what can change while it runs; anything else is refused with its place, and then no router
changes. Requests under way go on. The results of a run say what changed, and when.

Examples:
  starlane reload                               the run of this machine that is under way
  starlane reload scenarios/atlantic.yaml       a topology of containers: its routers are given this file`;

export const reloadCommand = (command: Command): Command =>
  command
    .argument('[file]', 'the edited scenario; may be left out where one local run is under way')
    .option('--name <name>', 'the topology of containers, where several run')
    .option('--json', 'print JSON', false)
    .addHelpText('after', HELP)
    .action(async (file: string | undefined, options: ReloadOptions) => {
      const changes = await reloaded(file, options);
      process.stdout.write(options.json ? `${JSON.stringify({ changes })}\n` : `${said(changes)}\n`);
    });

const reloaded = async (file: string | undefined, { name }: ReloadOptions): Promise<readonly RouterChange[]> => {
  if (process.env.STARLANE_PART !== undefined) return reloadBeside(await text(process.stdin));
  const runs = name === undefined ? liveRuns() : [];
  const run = theRunOf(file, runs);
  if (run !== null) {
    const url = `http://127.0.0.1:${run.reload.port}`;
    return orderReload({ url, token: run.reload.token, of: `the run of ${run.scenario}` });
  }
  if (file === undefined)
    throw new ConfigError('FILE', 'is missing, expected the edited scenario, or a local run: starlane run FILE');
  return reloadTopology(name, topologyScenario(file));
};

/** In the container of a router: the order comes from outside. */
const reloadBeside = (order: string): Promise<readonly RouterChange[]> => {
  const { part, adminToken, runFolder } = deploymentOf(process.env);
  const token = adminToken ?? new RunFolder(runFolder).adminToken(part);
  if (token === null)
    throw new ConfigError('STARLANE_ADMIN_TOKEN', `is not set, and ${part} left none in the run folder`);
  const body = order.trim() === '' ? null : (JSON.parse(order) as object);
  return orderReload({ url: `http://127.0.0.1:${CONTROL_PORT}`, token, of: part }, body);
};

const said = (changes: readonly RouterChange[]): string =>
  changes.length === 0 ? 'nothing of the router differs from what runs' : `reloaded: ${routerChangesText(changes)}`;

/** Null where no local run is meant. */
const theRunOf = (file: string | undefined, runs: readonly LiveRun[]): LiveRun | null => {
  const having = file === undefined ? runs : runs.filter((run) => run.file === resolve(file));
  if (having.length <= 1) return having[0] ?? null;
  if (file !== undefined) throw new Error(`${having.length} runs of ${file} are under way; end all but one`);
  const files = [...new Set(runs.map((run) => run.file))].join(', ');
  throw new ConfigError('FILE', `is missing, expected the scenario of a run that is under way: ${files}`);
};

const topologyScenario = (file: string): TopologyScenario => {
  const scenario = readScenario(file);
  const policies = Object.keys(scenario.files).filter(isOwnPolicy);
  return {
    file,
    scenario: readText(file, 'a scenario'),
    routers: routerPlansOf(scenario).map(routerPart),
    policies: Object.fromEntries(policies.map((named) => [named, readText(resolve(dirname(file), named), 'a policy')])),
  };
};
