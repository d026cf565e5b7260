import { type Command, Option } from 'commander';
import { ConfigError } from '../core/config/config-error.ts';
import type { DiskError } from '../core/config/disk-error.ts';
import { EXIT } from '../core/process/exit-code.ts';
import { Progress } from '../core/process/io/progress.ts';
import { runPlan } from '../hosts/run-plan.ts';
import { openResults } from '../report/io/results.ts';
import { SHAPER_CHOICES, type ShaperChoice } from '../scenario/deployment/environment.ts';
import { pathsNeverUp } from '../scenario/paths-never-up.ts';
import { tracesAsked } from '../services/node/telemetry/traces-asked.ts';
import { type ByOption, withByOption } from './by-option.ts';
import { deadPathLine } from './dead-path-line.ts';
import { resultExit } from './io/result-exit.ts';
import { stopSignals } from './io/stop-signals.ts';
import { temporaryFolder } from './io/temporary-folder.ts';
import { liveRunOn } from './live-run.ts';
import { overridesOf, portNumber, type RunOptions, withRunOptions } from './run-options.ts';

interface LiveOptions extends RunOptions, ByOption {
  readonly host: 'local' | 'compose';
  readonly port: number;
  readonly shaper: ShaperChoice;
  readonly keep: boolean;
  readonly watchRouter: boolean;
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
    .option(
      '--watch-router',
      'with --host local: an edit of the router’s part of the file counts at once, in the run under way; it is marked in the results',
      false,
    )
    .option('--keep', 'with --host compose: leave the containers of the last policy running', false)
    .action(async (file: string, options: LiveOptions) => {
      if (options.watchRouter && options.host === 'compose')
        throw new ConfigError('--watch-router', 'is given with --host compose, expected it with --host local alone');
      tracesAsked(process.env); // nodes will read it: a mistake there is told before anything starts
      const overrides = overridesOf(options);
      const plan = runPlan({ file, policies: options.policy, overrides, simulated: false });
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
          const end = await liveRunOn[options.host]({
            file,
            overrides,
            plan,
            policy,
            emit: results.emit,
            workFolder: work.folder(policy),
            port: options.port,
            watchRouter: options.watchRouter,
            shaper: options.shaper,
            keep: options.keep && isLast,
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
          plan.scenario.load.users === undefined
            ? `run ${file} --rate 20             more load: where do queues decide, not distance?`
            : `run ${file} --set load.users=${2 * plan.scenario.load.users}   twice the users: where do queues decide, not distance?`,
        ],
      });
      process.exitCode = resultExit({ fault: unwritten ?? results.fault(), isStopped, valid });
    });
