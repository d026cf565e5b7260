import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { EXIT } from '../core/process/exit-code.ts';
import { Progress } from '../core/process/io/progress.ts';
import type { Study } from '../hosts/study/io/simulated-study.ts';
import { type SweepPoint, sweepPoints, type Variation, variation } from '../hosts/study/vary.ts';
import { repetitionsOf } from '../report/repetitions.ts';
import type { Summary } from '../report/summary-schema.ts';
import { type SweepRow, sweepCsv, sweepTable } from '../report/sweep-table.ts';
import { ScenarioSource } from '../scenario/io/scenario-file.ts';
import { checkPolicy } from '../scenario/meant-policy.ts';
import { stopSignals } from './io/stop-signals.ts';
import { overridesOf } from './run-options.ts';
import {
  failureOf,
  type StudyOptions,
  studiesIn,
  studyExit,
  withStudyOptions,
  writtenResults,
} from './study-options.ts';

interface SweepOptions extends StudyOptions {
  readonly vary: readonly Variation[];
}

export const sweepCommand = (command: Command): Command =>
  withStudyOptions(command, { repeat: 5, each: 'point' })
    .requiredOption(
      '--vary <path=values>',
      'what varies: PATH=FROM..TO/STEP or PATH=A,B, also policy=A,B; several times for all combinations',
      (text: string, before: readonly Variation[] = []) => [...before, variation(text)],
    )
    .action(async (file: string, options: SweepOptions) => {
      const points = sweepPoints(options.vary);
      const source = new ScenarioSource(file);
      const studyOf = (point: SweepPoint): Study => pointStudy(source, point, options);
      const progress = new Progress();
      // A wrong value at the last point is told before the first is simulated.
      for (const [index, point] of points.entries()) {
        progress.show('sweep', index / points.length, 'checking the points');
        studyOf(point);
      }
      const folder = options.out ?? `results/${source.scenario(overridesOf(options)).name}-sweep`;
      const signal = stopSignals();
      const studies = studiesIn(folder, options, signal);
      if (studies.remark !== null) progress.say(`starlane: ${studies.remark}`);
      const rows: SweepRow[] = [];
      let done = 0;
      const failure = await failureOf(async () => {
        for (const [index, point] of points.entries()) {
          const study = studyOf(point);
          const summary = await studies.summaryOf(study, (share) =>
            progress.show('sweep', (index + share) / points.length, `point ${index + 1} of ${points.length}`),
          );
          if (summary === null) return;
          rows.push(...rowsOf(point, study.policies, summary));
          done++;
          if (studies.fault !== null) throw studies.fault;
        }
      });
      progress.clear();
      const isStopped = signal.aborted;
      if (rows.length === 0) {
        if (failure !== null) throw failure;
        process.stderr.write('starlane: stopped before the first point was done\n');
        process.exitCode = EXIT.stopped;
        return;
      }
      const result = { schema: 1, partial: done < points.length, points: points.length, done, rows };
      const text = `${JSON.stringify(result, null, 2)}\n`;
      const table = result.partial ? PARTIAL_TABLE : TABLE;
      removeResults(folder);
      const fault = writtenResults(folder, { 'sweep.json': text, [table]: sweepCsv(rows) });
      const footer = [
        options.repeat === 1
          ? 'One run each: --repeat 5 gives intervals.'
          : `Mean over ${options.repeat} seeds ± its 95 % interval (Student’s t).`,
        ...(studies.taken > 0 ? [`${studies.taken} points were simulated by an earlier command.`] : []),
        ...(result.partial ? [`Partial: ${done} of ${points.length} points; the same command goes on from here.`] : []),
        ...(fault === null
          ? [`Results: ${join(relative('.', folder) || '.', table)} and sweep.json: every metric.`]
          : []),
      ];
      process.stdout.write(options.json ? text : `${[...sweepTable(rows), '', ...footer].join('\n')}\n`);
      process.exitCode = studyExit({ failure: failure ?? fault, isStopped, valid: rows.every(({ valid }) => valid) });
    });

const TABLE = 'sweep.csv';
/** A table of CSV cannot say that rows are missing, so its name does. */
const PARTIAL_TABLE = 'sweep.partial.csv';

/** What an earlier command left must not stand beside what this one found. */
const removeResults = (folder: string): void => {
  for (const name of [TABLE, PARTIAL_TABLE, 'sweep.json']) rmSync(join(folder, name), { force: true });
};

const pointStudy = (source: ScenarioSource, point: SweepPoint, options: SweepOptions): Study => {
  const base = overridesOf(options);
  const overrides = { ...base, set: [...(base.set ?? []), ...point.set] };
  const policies = point.policy === null ? options.policy : [point.policy];
  const scenario = source.scenario(overrides, (set) => (point.set.includes(set) ? '--vary' : '--set'));
  const path = point.policy === null ? '--policy' : '--vary policy';
  for (const policy of policies) checkPolicy(scenario.router, policy, { simulated: true, path });
  return { scenario, overrides, policies, repeat: options.repeat };
};

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
