import { Command } from 'commander';
import { Progress } from '../core/process/io/progress.ts';
import { runPlan } from '../hosts/run-plan.ts';
import { simulate } from '../hosts/simulate/simulate.ts';
import { openResults } from '../report/io/results.ts';
import { pathsNeverUp } from '../scenario/paths-never-up.ts';
import { recordingTopology } from '../scenario/topology.ts';
import { deadPathLine } from './dead-path-line.ts';
import { EXIT } from './io/exit-code.ts';
import { inPieces } from './io/in-pieces.ts';
import { resultExit } from './io/result-exit.ts';
import { stopSignals } from './io/stop-signals.ts';
import { overridesOf, type RunOptions, withRunOptions } from './run-options.ts';

export const simulateCommand = (): Command =>
  withRunOptions(new Command('simulate'))
    .description('Run a scenario in virtual time, once for each policy, and compare them.')
    .action(async (file: string, options: RunOptions) => {
      const plan = runPlan({ file, policies: options.policy, overrides: overridesOf(options), simulated: true });
      const { scenario, schedule, resolved } = plan;
      for (const remark of plan.topology.remarks) process.stderr.write(`starlane: ${remark}\n`);
      const endMs = (scenario.durationS + scenario.drainS) * 1000;
      const results = openResults(options.out ?? `results/${scenario.name}-simulate`, resolved);
      const progress = new Progress();
      const signal = stopSignals();
      progress.show('links', null, 'laying out the constellation');
      const topology = await inPieces(recordingTopology(plan.topology, endMs), {
        onShare: (share) => progress.show('links', share, 'computing every path once'),
        signal,
      });
      if (topology === null) {
        progress.clear();
        process.stderr.write('starlane: stopped before anything was simulated\n');
        process.exitCode = EXIT.stopped;
        return;
      }
      for (const dead of pathsNeverUp(scenario, topology, { untilMs: endMs })) {
        progress.say(`starlane: ${deadPathLine(dead)}`);
      }
      for (const policy of options.policy) {
        results.emit(plan.runEvent(policy, { host: 'simulate', shaper: 'emulator' }));
        for (const nowMs of simulate({ scenario, topology, schedule, policy, emit: results.emit })) {
          progress.show(policy.padEnd(16), nowMs / endMs, `${(nowMs / 1000).toFixed(0)} s of virtual time`);
          await new Promise(setImmediate); // lets Ctrl-C in
          if (signal.aborted || results.fault() !== null) break;
        }
        if (signal.aborted || results.fault() !== null) break;
      }
      progress.clear();
      const isStopped = signal.aborted;
      const { valid } = await results.report({
        asJson: options.json,
        isStopped,
        next: [
          `simulate ${file} --policy ephemeris,oracle   how far from the best that is possible?`,
          `run ${file}                                  the same over real gRPC`,
        ],
      });
      process.exitCode = resultExit({ fault: results.fault(), isStopped, valid });
    });
