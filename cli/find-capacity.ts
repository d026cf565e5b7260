import { join, relative } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { writeWhole } from '../core/config/io/write-whole.ts';
import { EXIT } from '../core/process/exit-code.ts';
import { Progress } from '../core/process/io/progress.ts';
import {
  findCapacity,
  type LoadCapacity,
  type Objective,
  objectivesIn,
  type RateVerdict,
  verdictOn,
} from '../hosts/study/capacity.ts';
import { KeptStudies } from '../hosts/study/io/kept-studies.ts';
import { simulatedStudy } from '../hosts/study/io/simulated-study.ts';
import { repetitionsOf } from '../report/repetitions.ts';
import type { Repetitions } from '../report/repetitions-schema.ts';
import { textTable } from '../report/text-table.ts';
import { readScenario } from '../scenario/io/scenario-file.ts';
import { checkPolicy } from '../scenario/meant-policy.ts';
import { stopSignals } from './io/stop-signals.ts';
import { overridesOf, type RunOptions, wholeFrom, withRunOptions } from './run-options.ts';

interface CapacityOptions extends RunOptions {
  readonly slo: readonly Objective[];
  readonly within: number;
  readonly repeat: number;
  readonly workers?: number;
}

/** A rate that was tried. */
interface Trial extends RateVerdict {
  readonly policy: string;
  readonly ratePerS: number;
  readonly metrics: Repetitions['byVariant'][string]['metrics'];
}

export const findCapacityCommand = (command: Command): Command =>
  withRunOptions(command)
    .requiredOption(
      '--slo <metric:bound,...>',
      'what a rate must keep to, such as ttft.p99:800ms,attained:95%',
      (text) => objectivesIn(text, '--slo'),
    )
    .option('--within <share>', 'how near the rates are between which the capacity is', share, 0.05)
    .option('-n, --repeat <n>', 'repetitions of each rate, each under a seed of its own', wholeFrom(1, 10_000), 5)
    .option('-w, --workers <n>', 'how many threads share the runs; results do not depend on it', wholeFrom(1, 256))
    .action(async (file: string, options: CapacityOptions) => {
      const overrides = overridesOf(options);
      const scenario = readScenario(file, overrides);
      for (const policy of options.policy) checkPolicy(scenario.router, policy, { simulated: true });
      const folder = options.out ?? `results/${scenario.name}-capacity`;
      const kept = new KeptStudies(folder);
      const progress = new Progress();
      const signal = stopSignals();
      const trials: Trial[] = [];
      const found: (LoadCapacity & { readonly policy: string })[] = [];
      for (const policy of options.policy) {
        const tried = async (ratePerS: number): Promise<RateVerdict | null> => {
          const study = { file, overrides: { ...overrides, ratePerS }, policies: [policy], repeat: options.repeat };
          const title = `${policy}, rate ${trials.filter((trial) => trial.policy === policy).length + 1}`;
          const known = kept.load(study);
          const summary =
            known ??
            (await simulatedStudy(study, {
              workers: options.workers,
              workerModule: WORKER,
              signal,
              onShare: (done) => progress.show(title, done, `${ratePerS} requests/s`),
            }));
          if (summary === null) return null;
          if (known === null) kept.save(study, summary);
          const { metrics } = repetitionsOf(summary.runs, options.repeat).byVariant[policy]!;
          const verdict = verdictOn(options.slo, metrics);
          trials.push({ policy, ratePerS, metrics, ...verdict });
          return verdict;
        };
        const capacity = await findCapacity({ startPerS: scenario.load.ratePerS, within: options.within, tried });
        if (capacity === null) break;
        found.push({ policy, ...capacity });
      }
      progress.clear();
      const slo = options.slo.map(({ text }) => text);
      const result = { slo, repeat: options.repeat, within: options.within, capacities: found, trials };
      writeWhole(join(folder, 'capacity.json'), `${JSON.stringify(result, null, 2)}\n`);
      const footer = [
        `The highest load that keeps ${slo.join(' and ')}, by the mean of ${options.repeat} seeds; more load is taken to be never better.`,
        ...(signal.aborted ? ['Stopped by Ctrl-C: the same command goes on from here.'] : []),
        `Results: ${join(relative('.', folder) || '.', 'capacity.json')}: every rate that was tried.`,
      ];
      process.stdout.write(
        options.json
          ? `${JSON.stringify(result, null, 2)}\n`
          : `${[...capacityTable(found), '', ...footer].join('\n')}\n`,
      );
      if (signal.aborted) process.exitCode = EXIT.stopped;
    });

const WORKER = new URL('../parts/simulator.ts', import.meta.url).href;

const share = (text: string): number => {
  const match = /^(\d+(?:\.\d+)?)%$/.exec(text);
  const value = match === null ? Number(text) : Number(match[1]) / 100;
  if (text.trim() === '' || !(value >= 0.001 && value <= 1))
    throw new InvalidArgumentError('Expected a share from 0.1% to 100%.');
  return value;
};

const perS = (rate: number | null, otherwise: string): string => (rate === null ? otherwise : `${rate}/s`);

const capacityTable = (of: readonly (LoadCapacity & { readonly policy: string })[]): readonly string[] =>
  textTable(
    [
      { title: 'policy', align: 'left' },
      { title: 'capacity', align: 'right' },
      { title: 'missed at', align: 'right' },
      { title: 'surely kept to', align: 'right' },
      { title: 'surely missed from', align: 'right' },
    ],
    of.map(({ policy, ratePerS, missedAtPerS, sureFromPerS, sureToPerS }) => [
      policy,
      perS(ratePerS, 'none'),
      perS(missedAtPerS, 'not found'),
      perS(sureFromPerS, '-'),
      perS(sureToPerS, '-'),
    ]),
  );
