import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { ConfigError } from '../core/config/config-error.ts';
import { type DiskError, diskErrorOf } from '../core/config/disk-error.ts';
import { EXIT } from '../core/process/exit-code.ts';
import { inTurns } from '../core/process/io/in-turns.ts';
import { Progress } from '../core/process/io/progress.ts';
import { runCompose } from '../hosts/compose/io/compose.ts';
import { runLocal } from '../hosts/local/io/local.ts';
import { type RunPlan, runPlan } from '../hosts/run-plan.ts';
import { unplayedFaults } from '../hosts/unplayed-faults.ts';
import { withEnd } from '../hosts/with-end.ts';
import { openResults, type Results } from '../report/io/results.ts';
import { SHAPER_CHOICES, type ShaperChoice } from '../scenario/deployment/environment.ts';
import { pathsNeverUp } from '../scenario/paths-never-up.ts';
import { tracesAsked } from '../services/node/telemetry/traces-asked.ts';
import { type ByOption, withByOption } from './by-option.ts';
import { writeComposeFile } from './compose.ts';
import { deadPathLine } from './dead-path-line.ts';
import { resultExit } from './io/result-exit.ts';
import { stopSignals } from './io/stop-signals.ts';
import { temporaryFolder } from './io/temporary-folder.ts';
import { progressText } from './load.ts';
import { overridesOf, portNumber, type RunOptions, withRunOptions } from './run-options.ts';

interface LiveOptions extends RunOptions, ByOption {
  readonly host: 'local' | 'compose';
  readonly port: number;
  readonly shaper: ShaperChoice;
  readonly keep: boolean;
}

/** How one policy ended. */
interface LiveEnd {
  /** Whether anything was sent. */
  readonly hasRun: boolean;
  /** Why the disk did not take all logs of the parts; null where it did. */
  readonly unwritten: DiskError | null;
}

/** One policy of a command. */
interface LiveRun {
  readonly file: string;
  readonly options: LiveOptions;
  readonly plan: RunPlan;
  readonly policy: string;
  readonly results: Results;
  readonly workFolder: string;
  readonly show: (share: number | null, detail: string) => void;
  readonly warn: (message: string) => void;
  readonly signal: AbortSignal;
}

export const runCommand = (command: Command): Command =>
  withByOption(withRunOptions(command))
    .addOption(
      new Option('--host <host>', 'where: processes of this machine, or containers')
        .choices(['local', 'compose'])
        .default('local'),
    )
    .option('--port <n>', 'the port of the router, so that others can call it too; 0 for any', portNumber, 0)
    .addOption(
      new Option(
        '--shaper <shaper>',
        'with --host compose: what delays the bytes; auto takes netem where the kernel has it',
      )
        .choices(SHAPER_CHOICES)
        .default('auto'),
    )
    .option('--keep', 'with --host compose: leave the containers of the last policy running', false)
    .action(async (file: string, options: LiveOptions) => {
      tracesAsked(process.env); // nodes will read it: a mistake there is told before anything starts
      if (options.host === 'compose' && options.set.length > 0)
        throw new ConfigError('--set', 'cannot reach into containers, expected the value in the scenario');
      const plan = runPlan({ file, policies: options.policy, overrides: overridesOf(options), simulated: false });
      const { scenario } = plan;
      const results = openResults(options.out ?? `results/${scenario.name}-run`, plan.resolved);
      for (const remark of plan.topology.remarks) process.stderr.write(`starlane: ${remark}\n`);
      for (const dead of pathsNeverUp(scenario, plan.topology, {
        untilMs: (scenario.durationS + scenario.drainS) * 1000,
      })) {
        process.stderr.write(`starlane: ${deadPathLine(dead)}\n`);
      }
      const progress = new Progress();
      const signal = stopSignals();
      const work = temporaryFolder();
      let hasResults = false;
      let unwritten: DiskError | null = null;
      try {
        for (const [index, policy] of options.policy.entries()) {
          const title = `${index + 1}/${options.policy.length} ${policy.padEnd(14)}`;
          const isLast = index === options.policy.length - 1;
          const end = await onHost[options.host]({
            file,
            options: { ...options, keep: options.keep && isLast },
            plan,
            policy,
            results,
            workFolder: folderIn(work.path, policy),
            show: (share, detail) => progress.show(title, share, detail),
            warn: (message) => progress.say(`starlane: ${message}`),
            signal,
          });
          hasResults ||= end.hasRun;
          unwritten ??= end.unwritten ?? results.fault();
          if (signal.aborted || unwritten !== null) break;
        }
      } finally {
        progress.clear();
        work.remove();
      }
      if (!hasResults) {
        process.stderr.write('starlane: stopped before anything was sent\n');
        process.exitCode = EXIT.stopped;
        return;
      }
      const isStopped = signal.aborted;
      const { valid } = await results.report({
        asJson: options.json,
        isStopped,
        by: options.by,
        next: [
          `simulate ${file} --duration 10m   the same in virtual time: enough answers for a p99`,
          `run ${file} --rate 20             more load: where do queues decide, not distance?`,
        ],
      });
      process.exitCode = resultExit({ fault: unwritten ?? results.fault(), isStopped, valid });
    });

const folderIn = (folder: string, name: string): string => {
  const path = join(folder, name);
  try {
    mkdirSync(path);
  } catch (error) {
    throw diskErrorOf(path, error);
  }
  return path;
};

const runOnThisMachine = async (run: LiveRun): Promise<LiveEnd> => {
  const { file, options, plan, policy, results, workFolder, show, warn, signal } = run;
  const { scenario, schedule } = plan;
  show(null, 'starting nodes, relays, router and load');
  results.emit(plan.runEvent(policy, { host: 'local', shaper: 'relay' }));
  const unwritten = await runLocal({
    scenario,
    scenarioFile: file,
    overrides: overridesOf(options),
    policy,
    routerPort: options.port,
    workFolder,
    emit: results.emit,
    onProgress: (now) => show(now.ended / schedule.length, progressText(now, schedule.length)),
    onFault: (message) => warn(`${message}; the run goes on without it`),
    signal,
  });
  return { hasRun: true, unwritten };
};

const runInContainers = async (run: LiveRun): Promise<LiveEnd> => {
  const { file, options, plan, policy, results, workFolder, show, warn, signal } = run;
  const { scenario, schedule } = plan;
  // Many may run at once on one machine, each with a name of its own.
  const projectName = `starlane-${scenario.name}-${process.pid}`;
  const outcome = await runCompose({
    scenario,
    overrides: overridesOf(options),
    policy,
    shaper: options.shaper,
    composeFile: writeComposeFile(file, { out: join(workFolder, 'docker-compose.yml'), results: workFolder }),
    projectName,
    routerPort: options.port,
    workFolder,
    keep: options.keep,
    onStage: (stage) => show(null, stage),
    onProgress: (now) => show(now.ended / schedule.length, progressText(now, schedule.length)),
    signal,
  });
  if (options.keep) warn(`the containers keep running; take them down with: starlane down ${projectName}`);
  if (outcome === null) return { hasRun: false, unwritten: null };
  if (outcome.shaper !== 'netem')
    warn(`the kernel’s netem was not used: paths were played by shaper ${outcome.shaper}`);
  results.emit(plan.runEvent(policy, { host: 'compose', shaper: outcome.shaper }));
  for (const unplayed of unplayedFaults(scenario, 'compose')) results.emit(unplayed);
  await inTurns(withEnd(outcome.events, signal.aborted || outcome.unwritten !== null), results.emit);
  return { hasRun: true, unwritten: outcome.unwritten };
};

const onHost = { local: runOnThisMachine, compose: runInContainers } as const;
