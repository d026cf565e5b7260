import { Command } from 'commander';
import { runPlan } from '../hosts/run-plan.ts';
import { simulate } from '../hosts/simulate/simulate.ts';
import { openResults } from '../report/io/results.ts';
import { recordedTopology, topologyOf } from '../scenario/topology.ts';
import { Progress } from './io/progress.ts';
import { overridesOf, type RunOptions, withRunOptions } from './run-options.ts';

export const simulateCommand = (): Command =>
  withRunOptions(new Command('simulate'))
    .description('Run a scenario in virtual time, once for each policy, and compare them.')
    .action(async (file: string, options: RunOptions) => {
      const plan = runPlan({ file, policies: options.policy, overrides: overridesOf(options), simulated: true });
      const { scenario, schedule, resolved } = plan;
      const endMs = (scenario.durationS + scenario.drainS) * 1000;
      const topology = recordedTopology(topologyOf(scenario), endMs);
      const results = openResults(options.out ?? `results/${scenario.name}-simulate`, resolved);
      const progress = new Progress();
      let isStopped = false;
      process.once('SIGINT', () => {
        isStopped = true;
      });
      for (const policy of options.policy) {
        results.emit(plan.runEvent(policy, { host: 'simulate', shaper: 'emulator' }));
        for (const nowMs of simulate({ scenario, topology, schedule, policy, emit: results.emit })) {
          progress.show(policy.padEnd(16), nowMs / endMs, `${(nowMs / 1000).toFixed(0)} s of virtual time`);
          await new Promise(setImmediate); // lets Ctrl-C in
          if (isStopped) break;
        }
        if (isStopped) break;
      }
      progress.clear();
      const { valid } = results.report({
        asJson: options.json,
        isStopped,
        next: [
          `simulate ${file} --policy ephemeris,oracle   how far from the best that is possible?`,
          `run ${file}                                  the same over real gRPC`,
        ],
      });
      process.exitCode = isStopped ? 130 : valid ? 0 : 1;
    });
