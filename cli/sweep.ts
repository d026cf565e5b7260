import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { writeWhole } from '../core/config/io/write-whole.ts';
import { EXIT } from '../core/process/exit-code.ts';
import { Progress } from '../core/process/io/progress.ts';
import { KeptStudies } from '../hosts/study/io/kept-studies.ts';
import { simulatedStudy } from '../hosts/study/io/simulated-study.ts';
import { type SweepPoint, sweepPoints, type Variation, variation } from '../hosts/study/vary.ts';
import { repetitionsOf } from '../report/repetitions.ts';
import type { Summary } from '../report/summary-schema.ts';
import { type SweepRow, sweepCsv, sweepTable } from '../report/sweep-table.ts';
import { readScenario } from '../scenario/io/scenario-file.ts';
import { checkPolicy } from '../scenario/meant-policy.ts';
import { stopSignals } from './io/stop-signals.ts';
import { overridesOf, type RunOptions, wholeFrom, withRunOptions } from './run-options.ts';

interface SweepOptions extends RunOptions {
  readonly vary: readonly Variation[];
  readonly repeat: number;
  readonly workers?: number;
}

export const sweepCommand = (command: Command): Command =>
  withRunOptions(command)
    .requiredOption(
      '--vary <path=values>',
      'what varies: PATH=FROM..TO/STEP or PATH=A,B, also policy=A,B; several times for all combinations',
      (text: string, before: readonly Variation[] = []) => [...before, variation(text)],
    )
    .option('-n, --repeat <n>', 'repetitions of each point, each under a seed of its own', wholeFrom(1, 10_000), 5)
    .option('-w, --workers <n>', 'how many threads share the runs; results do not depend on it', wholeFrom(1, 256))
    .action(async (file: string, options: SweepOptions) => {
      const points = sweepPoints(options.vary);
      const base = overridesOf(options);
      const { name } = readScenario(file, base);
      // A wrong value at the last point is told before the first is simulated.
      const studies = points.map((point) => {
        const overrides = { ...base, set: [...(base.set ?? []), ...point.set] };
        const policies = point.policy === null ? options.policy : [point.policy];
        const { router } = readScenario(file, overrides);
        for (const policy of policies) checkPolicy(router, policy, { simulated: true });
        return { point, study: { file, overrides, policies, repeat: options.repeat } };
      });
      const folder = options.out ?? `results/${name}-sweep`;
      const kept = new KeptStudies(folder);
      const progress = new Progress();
      const signal = stopSignals();
      if (!kept.canResume) progress.say('starlane: files differ from their commit, so no earlier point is used');
      const rows: SweepRow[] = [];
      let resumed = 0;
      for (const [index, { point, study }] of studies.entries()) {
        const known = kept.load(study);
        if (known !== null) resumed++;
        const show = (share: number): void =>
          progress.show('sweep', (index + share) / points.length, `point ${index + 1} of ${points.length}`);
        show(0);
        const summary =
          known ??
          (await simulatedStudy(study, { workers: options.workers, workerModule: WORKER, signal, onShare: show }));
        if (summary === null) break;
        if (known === null) kept.save(study, summary);
        rows.push(...rowsOf(point, study.policies, summary));
      }
      progress.clear();
      const isStopped = signal.aborted;
      if (rows.length === 0) {
        process.stderr.write('starlane: stopped before the first point was done\n');
        process.exitCode = EXIT.stopped;
        return;
      }
      writeWhole(join(folder, 'sweep.json'), `${JSON.stringify(rows, null, 2)}\n`);
      writeWhole(join(folder, 'sweep.csv'), sweepCsv(rows));
      process.stdout.write(
        options.json
          ? `${JSON.stringify(rows, null, 2)}\n`
          : `${[...sweepTable(rows), '', ...footer(folder, { options, resumed, isStopped })].join('\n')}\n`,
      );
      process.exitCode = isStopped ? EXIT.stopped : rows.every(({ valid }) => valid) ? EXIT.done : EXIT.failed;
    });

const WORKER = new URL('../parts/simulator.ts', import.meta.url).href;

const rowsOf = (
  { values }: Pick<SweepPoint, 'values'>,
  policies: readonly string[],
  { runs }: Summary,
): readonly SweepRow[] => {
  const of = repetitionsOf(runs, 1).byVariant;
  return policies.map((policy) => ({
    values,
    policy,
    valid: runs.every(({ key, valid }) => key.variant !== policy || valid),
    repetitions: of[policy]!,
  }));
};

const footer = (
  folder: string,
  {
    options,
    resumed,
    isStopped,
  }: { readonly options: SweepOptions; readonly resumed: number; readonly isStopped: boolean },
): readonly string[] => [
  options.repeat === 1
    ? 'One run each: --repeat 5 gives intervals.'
    : `Mean over ${options.repeat} seeds ± its 95 % interval (Student’s t).`,
  ...(resumed > 0 ? [`${resumed} points were simulated by an earlier command.`] : []),
  ...(isStopped ? ['Stopped by Ctrl-C: the same command goes on from here.'] : []),
  `Results: ${join(relative('.', folder) || '.', 'sweep.csv')} and sweep.json: every metric.`,
];
