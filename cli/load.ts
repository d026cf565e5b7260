import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { ConfigError } from '../core/config/config-error.ts';
import { DiskError } from '../core/config/disk-error.ts';
import { makeFolder } from '../core/config/io/output.ts';
import { EXIT } from '../core/process/exit-code.ts';
import { inTurns } from '../core/process/io/in-turns.ts';
import { Progress } from '../core/process/io/progress.ts';
import { RunFolder } from '../core/process/io/run-folder.ts';
import type { LoadLine } from '../hosts/compose/io/compose.ts';
import { loadableTopology, loadBeside } from '../hosts/compose/io/load-beside.ts';
import { type RouterDoor, switchPolicies } from '../hosts/compose/io/router-door.ts';
import { checkAsked, type RunningTopology, runningTopology } from '../hosts/compose/io/running-topology.ts';
import { driveStanding, healthyTopology, type StandingRun } from '../hosts/compose/io/standing-load.ts';
import { standingLogs } from '../hosts/compose/io/standing-logs.ts';
import { type RunPlan, runPlan } from '../hosts/run-plan.ts';
import { withEnd } from '../hosts/with-end.ts';
import { openResults, type Results } from '../report/io/results.ts';
import { LOAD, RESULTS } from '../scenario/deployment/compose-file.ts';
import { type DeploymentEnvironment, deploymentOf } from '../scenario/deployment/environment.ts';
import { reachedAt, routerPart } from '../scenario/deployment/namespace-plan.ts';
import { standingParts } from '../scenario/deployment/parts.ts';
import { CONTROL_PORT } from '../scenario/deployment/ports.ts';
import { readScenario } from '../scenario/io/scenario-file.ts';
import { checkPolicy } from '../scenario/meant-policy.ts';
import { routerPlansOf } from '../scenario/router-plan.ts';
import type { LoadProgress } from '../services/client/io/load-generator.ts';
import { type ByOption, withByOption } from './by-option.ts';
import { resultExit } from './io/result-exit.ts';
import { stopSignals } from './io/stop-signals.ts';
import { policyList, positive, seconds } from './run-options.ts';

interface LoadOptions extends ByOption {
  readonly name?: string;
  readonly policy?: readonly string[];
  readonly duration?: number;
  readonly rate?: number;
  readonly json: boolean;
  readonly lines: boolean;
  readonly onlyWait: boolean;
}

export const loadCommand = (command: Command): Command =>
  withByOption(command)
    .option('--name <name>', 'the topology, where several run')
    .option(
      '-p, --policy <a,b,c>',
      'policies to switch the routers to, one run each (default: the one it runs)',
      policyList,
    )
    .option('-d, --duration <time>', 'how long requests are sent, instead of the scenario’s: 90, 90s, 10m, 2h', seconds)
    .option('-r, --rate <n>', 'requests per second over all clients, instead of the scenario’s', positive)
    .option('--json', 'print the summary as JSON instead of tables', false)
    .option('--lines', 'print progress as JSON lines for another program, and no summary', false)
    .option('--only-wait', 'wait until every part is healthy, and send nothing', false)
    .action(async (options: LoadOptions) => {
      const progress = new Progress();
      const signal = stopSignals();
      try {
        if (process.env.STARLANE_PART === LOAD) await sendLoad(options, progress, signal);
        else await sendFromHost(options, signal);
      } catch (error) {
        progress.clear();
        if (!signal.aborted || error instanceof DiskError) throw error;
        process.exitCode = EXIT.stopped; // stopped while it waited: there is nothing to report
      }
    });

/** On the host: the users' side of the access links is in the topology, so the load runs there too. */
const sendFromHost = async (options: LoadOptions, signal: AbortSignal): Promise<void> => {
  const { name, policy, duration, rate, by, json, lines, onlyWait } = options;
  const args = [
    ...(policy === undefined ? [] : ['--policy', policy.join(',')]),
    ...(duration === undefined ? [] : ['--duration', String(duration)]),
    ...(rate === undefined ? [] : ['--rate', String(rate)]),
    ...(by.length === 0 ? [] : ['--by', by.join(',')]),
    ...(json ? ['--json'] : []),
    ...(lines ? ['--lines'] : []),
    ...(onlyWait ? ['--only-wait'] : []),
  ];
  process.exitCode = await loadBeside(await loadableTopology(name), args, signal);
};

const sendLoad = async (options: LoadOptions, progress: Progress, signal: AbortSignal): Promise<void> => {
  const told = deploymentOf(process.env);
  const { json, lines } = options;
  const { router } = readScenario(told.scenarioFile);
  for (const policy of options.policy ?? []) checkPolicy(router, policy, { simulated: false });
  const tell = (line: LoadLine): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
  const onWaiting = (names: readonly string[]): void => {
    checkRefused(new RunFolder(told.runFolder));
    if (lines) tell({ kind: 'waiting', names });
    else progress.show('load', null, `waiting for ${names.join(', ')}`);
  };
  const routers = routerPlansOf(readScenario(told.scenarioFile)).map(routerPart);
  const running = await runningTopology({ routers, deployment: told, onWaiting, signal });
  const policies = options.policy ?? [running.policy];
  const plan = planOf(told, options, running);
  const { scenario, topology, schedule } = plan;
  const asked = options.policy === undefined ? told : { ...told, policy: null };
  checkAsked(asked, { running, seed: scenario.seed });
  const deployment: DeploymentEnvironment = { ...told, start: running.start };
  if (options.onlyWait) {
    const { shaper, policy } = await healthyTopology({ scenario, deployment, onWaiting, signal });
    progress.clear();
    process.stdout.write(`every part is healthy: shaper ${shaper}, policy ${policy}\n`);
    return;
  }
  if (!lines) checkResults(deployment);
  const parts = [...standingParts(scenario).map(({ name }) => name), 'load'];
  const doors = routers.map((router) => doorOf(router, deployment));
  let now = running.policy;
  let results: Results | null = null;
  let fault: DiskError | null = null;
  try {
    for (const policy of policies) {
      if ((signal.aborted || fault !== null) && results !== null) break;
      if (policy !== now) await switchPolicies(doors, { from: now, to: policy });
      now = policy;
      const onProgress = (at: LoadProgress): void => {
        if (lines) tell({ kind: 'progress', progress: at });
        else progress.show(policy, at.ended / plan.expectedRequests, progressText(at, plan.expectedRequests));
      };
      const run = await driveStanding({
        ...{ scenario, topology, schedule, policy, deployment },
        ...{ onWaiting, onProgress, signal },
      });
      progress.clear();
      if (lines) {
        const { logs, shaper, unwritten } = run;
        tell({ kind: 'over', logs, shaper, policy, unwritten });
        continue;
      }
      results ??= resultsOf(run, plan, deployment);
      results.emit(plan.runEvent(policy, { host: 'compose', shaper: run.shaper }));
      const isCut = signal.aborted || run.unwritten !== null;
      await inTurns(withEnd(standingLogs(run.logs, parts, run.unwritten), isCut), results.emit);
      fault ??= run.unwritten ?? results.fault();
    }
  } finally {
    if (now !== running.policy) await switchPolicies(doors, { from: now, to: running.policy });
  }
  if (results === null) return;
  const isStopped = signal.aborted;
  const { valid } = await results.report({ asJson: json, isStopped, by: options.by, next: [] });
  process.exitCode = resultExit({ fault: fault ?? results.fault(), isStopped, valid });
};

/** @throws ConfigError with the line of the part that refused the configuration; a part that came up since may yet be followed by others. */
const checkRefused = (folder: RunFolder): void => {
  const refusal = folder.refusal();
  if (refusal !== null && refusal.atUnixMs > folder.newestBirthUnixMs()) throw new ConfigError('', refusal.line);
};

/** What the topology was told holds for the load, but for what the load decides alone: how long, and how often. */
const planOf = (told: DeploymentEnvironment, options: LoadOptions, running: RunningTopology): RunPlan => {
  const { seed: _seed, ...asked } = told.overrides;
  const overrides = {
    ...running.overrides,
    ...asked,
    ...(options.duration !== undefined && { durationS: options.duration }),
    ...(options.rate !== undefined && { ratePerS: options.rate }),
  };
  return runPlan({ file: told.scenarioFile, policies: [], overrides, simulated: false });
};

const doorOf = (router: string, deployment: DeploymentEnvironment): RouterDoor => ({
  router,
  url: `http://${reachedAt(router, deployment)}:${CONTROL_PORT}`,
  token: deployment.adminToken ?? new RunFolder(deployment.runFolder).adminToken(router),
});

/** Before a run, whose results would have no place. @throws ConfigError that says how to give them one. */
const checkResults = ({ results }: DeploymentEnvironment): void => {
  if (results === null) return;
  try {
    makeFolder(RESULTS, 'results');
  } catch (error) {
    const remedy = `let the load (user ${process.getuid?.()}) write there: chmod o+w ${results}`;
    throw new ConfigError('', `${(error as Error).message.replace(JSON.stringify(RESULTS), results)}; ${remedy}`);
  }
};

/** In the folder that the user sees, where there is one; beside the logs of the first run otherwise. */
const resultsOf = (
  { id, logs, unwritten }: StandingRun,
  plan: RunPlan,
  { results }: DeploymentEnvironment,
): Results => {
  if (results !== null) return openResults(join(RESULTS, id), plan.resolved, join(results, id));
  // Where the logs are the disk is full: the report needs another one.
  return openResults(unwritten === null ? logs : mkdtempSync(join(tmpdir(), 'starlane-')), plan.resolved);
};

/** Progress of a load of `requests`, for a person to read. */
export const progressText = ({ sent, answered, ended }: LoadProgress, requests: number): string =>
  `${ended} of ${requests} ended, ${sent - ended} in flight, ${ended - answered} failed`;
