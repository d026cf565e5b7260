import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { runLocal } from '../benchmarks/run/io/local.ts';
import { Progress } from './io/progress.ts';
import { openResults } from './io/results.ts';
import { overridesOf, type RunOptions, wholeNumber, withRunOptions } from './run-options.ts';
import { runPlan } from './run-plan.ts';

interface LocalOptions extends RunOptions {
  readonly port: number;
}

export const runCommand = (): Command =>
  withRunOptions(new Command('run'))
    .description('Run a scenario on this machine, once for each policy, with real gRPC through delaying relays.')
    .option('--port <n>', 'the port of the router, so that others can call it too; 0 for any', wholeNumber, 0)
    .action(async (file: string, options: LocalOptions) => {
      const plan = runPlan(file, options, { simulated: false });
      const { scenario, schedule } = plan;
      const results = openResults(options.out ?? `results/${scenario.name}-run`);
      const progress = new Progress();
      const stopping = new AbortController();
      process.once('SIGINT', () => stopping.abort());
      process.once('SIGTERM', () => stopping.abort());
      const workFolder = mkdtempSync(join(tmpdir(), 'starlane-'));
      try {
        for (const [index, policy] of options.policy.entries()) {
          const title = `${index + 1}/${options.policy.length} ${policy.padEnd(14)}`;
          progress.show(title, 0, 'starting nodes, relays, router and load');
          results.emit(plan.runEvent(policy, { host: 'local', shaper: 'relay' }));
          await runLocal({
            scenario,
            scenarioFile: file,
            overrides: overridesOf(options),
            schedule,
            policy,
            routerPort: options.port,
            workFolder: mkdtempSync(join(workFolder, `${policy}-`)),
            emit: results.emit,
            onProgress: ({ sent, answered, ended }) => {
              const detail = `${ended} of ${schedule.length} ended, ${sent - ended} in flight, ${ended - answered} failed`;
              progress.show(title, ended / schedule.length, detail);
            },
            onFault: (message) => {
              progress.clear();
              process.stderr.write(`starlane: ${message}; the run goes on without it\n`);
            },
            signal: stopping.signal,
          });
          if (stopping.signal.aborted) break;
        }
      } finally {
        progress.clear();
        rmSync(workFolder, { recursive: true, force: true });
      }
      const { valid } = results.report({
        asJson: options.json,
        isStopped: stopping.signal.aborted,
        next: [
          `simulate ${file} --duration 10m   the same in virtual time: enough answers for a p99`,
          `run ${file} --rate 20             more load: where do queues decide, not distance?`,
        ],
      });
      process.exitCode = stopping.signal.aborted ? 130 : valid ? 0 : 1;
    });
