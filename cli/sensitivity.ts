import { join, relative } from 'node:path';
import { type Command, Option } from 'commander';
import { ConfigError } from '../core/config/config-error.ts';
import { EXIT } from '../core/process/exit-code.ts';
import { Progress } from '../core/process/io/progress.ts';
import {
  type AssumptionChoice,
  assumptionChoice,
  assumptionsIn,
  chosenAssumptions,
} from '../hosts/study/assumption/registry.ts';
import { type Contest, contestOf, winnerOf } from '../hosts/study/sensitivity.ts';
import {
  type SensitivityRow,
  sensitivityTable,
  sensitivityVerdict,
  standingSentence,
} from '../hosts/study/sensitivity-text.ts';
import { type Metric, metricNamed } from '../report/metric.ts';
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

interface SensitivityOptions extends StudyOptions {
  readonly varyAssumption: readonly AssumptionChoice[];
  readonly metric: Metric;
}

const HELP = `
Simulates the scenario as it is, finds the policy with the best metric, and simulates it again with each assumption at its least and its most
plausible value, one at a time. Each time the winner is compared seed by seed with the best of the other policies.

Examples:
  starlane sensitivity scenarios/atlantic.yaml --policy peak-ewma,ephemeris
  starlane sensitivity scenarios/atlantic.yaml --policy peak-ewma,ephemeris --vary-assumption fibre-stretch=1.2,1.6,2 --vary-assumption profile-band`;

export const sensitivityCommand = (command: Command): Command =>
  withStudyOptions(command, { repeat: 10, each: 'value' })
    .option(
      '--vary-assumption <name=values>',
      'only this assumption: NAME, or NAME=A,B for other values; several times (default: all that the scenario rests on)',
      (text: string, before: readonly AssumptionChoice[]) => [...before, assumptionChoice(text)],
      [],
    )
    .addOption(
      new Option('--metric <name>', 'what decides who wins')
        .argParser((text) => metricNamed(text, '--metric'))
        .default(metricNamed('ttft.p99', ''), 'ttft.p99'),
    )
    .addHelpText('after', HELP)
    .action(async (file: string, options: SensitivityOptions) => {
      const { policy: policies, repeat, metric } = options;
      if (policies.length < 2)
        throw new ConfigError('--policy', `is ${policies.join()}, expected two policies or more: one of them wins`);
      const source = new ScenarioSource(file);
      const own = overridesOf(options);
      const scenario = source.scenario(own);
      for (const policy of policies) checkPolicy(scenario.router, policy, { simulated: true });
      const assumptions = chosenAssumptions(assumptionsIn(scenario), options.varyAssumption);
      const cases = assumptions.flatMap(({ name, title, source: from, usual, values, set }) =>
        values.map((value) => {
          const overrides = { ...own, set: [...(own.set ?? []), ...set(value)] };
          const study = () => ({
            scenario: source.scenario(overrides, () => `--vary-assumption ${name}=${value}`),
            overrides,
            policies,
            repeat,
          });
          study(); // a wrong value of the last assumption is told before the first is simulated
          return { assumption: { assumption: name, title, source: from, usual, value }, study };
        }),
      );
      const folder = options.out ?? `results/${scenario.name}-sensitivity`;
      const progress = new Progress();
      const signal = stopSignals();
      const studies = studiesIn(folder, options, signal);
      if (studies.remark !== null) progress.say(`starlane: ${studies.remark}`);
      const showAt =
        (index: number, detail: string) =>
        (share: number): void =>
          progress.show('sensitivity', (index + share) / (cases.length + 1), detail);
      let base: Contest | null = null;
      const rows: SensitivityRow[] = [];
      const failure = await failureOf(async () => {
        const usual = await studies.summaryOf({ scenario, overrides: own, policies, repeat }, showAt(0, 'as it is'));
        if (usual === null) return;
        const winner = winnerOf(usual, metric);
        base = contestOf(usual, winner, metric);
        if (studies.fault !== null) throw studies.fault;
        for (const [index, { assumption, study }] of cases.entries()) {
          const show = showAt(index + 1, `${assumption.assumption} ${assumption.value}`);
          const summary = await studies.summaryOf(study(), show);
          if (summary === null) return;
          rows.push({ ...assumption, ...contestOf(summary, winner, metric) });
          if (studies.fault !== null) throw studies.fault;
        }
      });
      progress.clear();
      if (base === null) {
        if (failure !== null) throw failure;
        process.stderr.write('starlane: stopped before the scenario as it is was done\n');
        process.exitCode = EXIT.stopped;
        return;
      }
      const told = resultOf(base, rows, { options, name: scenario.name, asked: cases.length });
      const text = `${JSON.stringify(told, null, 2)}\n`;
      const fault = writtenResults(folder, { 'sensitivity.json': text });
      const sources = assumptions.map(({ name, title, source: from }) => `  ${name}: ${title}. From: ${from}`);
      const lines = [
        ...sensitivityTable(base, rows, metric),
        '',
        told.verdict,
        '',
        `One assumption at a time, ${repeat} seeds each, paired by seed. The values:`,
        ...sources,
        ...(signal.aborted ? ['Stopped by Ctrl-C: the same command goes on from here.'] : []),
        ...(fault === null ? [`Results: ${join(relative('.', folder) || '.', 'sensitivity.json')}`] : []),
      ];
      process.stdout.write(options.json ? text : `${lines.join('\n')}\n`);
      const valid = told.base.valid && rows.every((row) => row.valid);
      process.exitCode = studyExit({ failure: failure ?? fault, isStopped: signal.aborted, valid });
    });

const resultOf = (
  base: Contest,
  rows: readonly SensitivityRow[],
  { options, name, asked }: { readonly options: SensitivityOptions; readonly name: string; readonly asked: number },
) => ({
  schema: 1,
  scenario: name,
  metric: options.metric.name,
  policies: options.policy,
  repeat: options.repeat,
  /** Whether values are missing, because it was stopped or failed. */
  partial: rows.length < asked,
  asked,
  verdict: sensitivityVerdict(base, rows, { metric: options.metric, asked }),
  base: { ...base, sentence: standingSentence(base) },
  values: rows.map((row) => ({ ...row, sentence: standingSentence(row) })),
});
