import { join, relative } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { ConfigError } from '../core/config/config-error.ts';
import { Progress } from '../core/process/io/progress.ts';
import {
  findCapacity,
  type LoadCapacity,
  type Objective,
  objectivesIn,
  type RateVerdict,
  verdictOn,
} from '../hosts/study/capacity.ts';
import { repetitionsOf } from '../report/repetitions.ts';
import type { Repetitions } from '../report/repetitions-schema.ts';
import { textTable } from '../report/text-table.ts';
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

interface CapacityOptions extends StudyOptions {
  readonly slo: readonly Objective[];
  readonly within: number;
}

/** A rate that was tried. */
interface Trial extends RateVerdict {
  readonly policy: string;
  readonly ratePerS: number;
  readonly metrics: Repetitions['byVariant'][string]['metrics'];
}

export const findCapacityCommand = (command: Command): Command =>
  withStudyOptions(command, { repeat: 5, each: 'rate' })
    .requiredOption(
      '--slo <metric:bound,...>',
      'what a rate must keep to, such as ttft.p99:800ms,attained:95%',
      (text) => objectivesIn(text, '--slo'),
    )
    .option('--within <share>', 'how near the rates are between which the capacity is', share, 0.05)
    .action(async (file: string, options: CapacityOptions) => {
      const source = new ScenarioSource(file);
      const overrides = overridesOf(options);
      const scenario = source.scenario(overrides);
      const { users } = scenario.load;
      if (users !== undefined)
        throw new ConfigError(
          'load.users',
          `is ${users}: users who wait for answers have no rate to find; expected a load with ratePerS, or sweep --vary load.users=${users},${2 * users}`,
        );
      for (const policy of options.policy) checkPolicy(scenario.router, policy, { simulated: true });
      const folder = options.out ?? `results/${scenario.name}-capacity`;
      const progress = new Progress();
      const signal = stopSignals();
      const studies = studiesIn(folder, options, signal);
      if (studies.remark !== null) progress.say(`starlane: ${studies.remark}`);
      const trials: Trial[] = [];
      const found: (LoadCapacity & { readonly policy: string })[] = [];
      const failure = await failureOf(async () => {
        for (const policy of options.policy) {
          const tried = async (ratePerS: number): Promise<RateVerdict | null> => {
            const at = { ...overrides, ratePerS };
            const title = `${policy}, rate ${trials.filter((trial) => trial.policy === policy).length + 1}`;
            const summary = await studies.summaryOf(
              { scenario: source.scenario(at), overrides: at, policies: [policy], repeat: options.repeat },
              (done) => progress.show(title, done, `${ratePerS} requests/s`),
            );
            if (summary === null) return null;
            const { metrics } = repetitionsOf(summary.runs, options.repeat).byVariant[policy]!;
            const verdict = verdictOn(options.slo, metrics);
            trials.push({ policy, ratePerS, metrics, ...verdict });
            if (studies.fault !== null) throw studies.fault;
            return verdict;
          };
          const capacity = await findCapacity({ startPerS: scenario.load.ratePerS, within: options.within, tried });
          if (capacity === null) return;
          found.push({ policy, ...capacity });
        }
      });
      progress.clear();
      const slo = options.slo.map(({ text }) => text);
      const partial = found.length < options.policy.length;
      const result = {
        schema: 1,
        partial,
        slo,
        repeat: options.repeat,
        within: options.within,
        capacities: found,
        trials,
      };
      const text = `${JSON.stringify(result, null, 2)}\n`;
      const fault = writtenResults(folder, { 'capacity.json': text });
      const footer = [
        `The highest load that keeps ${slo.join(' and ')}, by the mean of ${options.repeat} seeds; more load is taken to be never better.`,
        ...(partial
          ? [`Partial: ${found.length} of ${options.policy.length} policies; the same command goes on from here.`]
          : []),
        ...(fault === null
          ? [`Results: ${join(relative('.', folder) || '.', 'capacity.json')}: every rate that was tried.`]
          : []),
      ];
      process.stdout.write(options.json ? text : `${[...capacityTable(found), '', ...footer].join('\n')}\n`);
      process.exitCode = studyExit({ failure: failure ?? fault, isStopped: signal.aborted, valid: true });
    });

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
