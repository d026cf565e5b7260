import type { Command } from 'commander';
import { ConfigError } from '../core/config/config-error.ts';
import { EXIT } from '../core/process/exit-code.ts';
import { boundsExceeded, comparisonFaults, policyComparisons } from '../report/comparison.ts';
import { comparisonText } from '../report/comparison-text.ts';
import { readSummary } from '../report/io/summary-file.ts';
import { type MetricBound, parseBounds } from '../report/metric-bound.ts';

interface CompareOptions {
  readonly failAbove: readonly MetricBound[];
  readonly anyway: boolean;
  readonly json: boolean;
}

const HELP = `
Policies that both results have are compared seed by seed, the second minus the first; where each has one policy, those two. Intervals
need several seeds (simulate --repeat 10). Exit code 1: worse than --fail-above allows; 2: the results cannot be compared.

Examples:
  starlane compare results/main results/branch
  starlane compare results/main results/branch --fail-above ttft.p99:5%,goodput:2%`;

export const compareCommand = (command: Command): Command =>
  command
    .argument('<before>', 'a folder of results, or a summary.json')
    .argument('<after>', 'the same of what is compared with it')
    .option(
      '--fail-above <metric:bound,...>',
      'end with 1 where a metric is worse by more: ttft.p99:5%, ttft.p99:20ms',
      (text) => parseBounds(text, { place: '--fail-above' }).bounds,
      [],
    )
    .option('--anyway', 'compare also what differs in scenario, schedule or host, or is not valid', false)
    .option('--json', 'print JSON instead of tables', false)
    .addHelpText('after', HELP)
    .action((beforePath: string, afterPath: string, { failAbove, anyway, json }: CompareOptions) => {
      const before = { name: beforePath, summary: readSummary(beforePath) };
      const after = { name: afterPath, summary: readSummary(afterPath) };
      const policies = policyComparisons(before, after);
      const faults = comparisonFaults(before, after);
      if (faults.length > 0 && !anyway) {
        throw new ConfigError(
          '',
          `${beforePath} and ${afterPath} cannot be compared without --anyway: ${faults.join('; ')}`,
        );
      }
      const exceeded = boundsExceeded(policies, failAbove);
      const commits = { before: before.summary.commit, after: after.summary.commit };
      const lines = [
        ...faults.map((fault) => `note: ${fault}`),
        ...comparisonText(policies, {
          before: 'before',
          after: 'after',
          more: failAbove.map(({ metric }) => metric.name),
        }),
        `before: ${beforePath}, commit ${commits.before ?? 'unknown'}; after: ${afterPath}, commit ${commits.after ?? 'unknown'}`,
        ...exceeded.map((line) => `FAILED ${line}`),
      ];
      process.stdout.write(
        json ? `${JSON.stringify({ commits, notes: faults, policies, exceeded }, null, 2)}\n` : `${lines.join('\n')}\n`,
      );
      if (exceeded.length > 0) process.exitCode = EXIT.failed;
    });
