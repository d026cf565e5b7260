import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { Progress } from '../core/process/io/progress.ts';
import { KeptTrials } from '../hosts/study/tune/io/kept-trials.ts';
import { writeTuned } from '../hosts/study/tune/io/tuned-file.ts';
import { type Tuned, Tuning } from '../hosts/study/tune/io/tuning.ts';
import { tuneObjective } from '../hosts/study/tune/objective.ts';
import { type TuneRange, tuneRange } from '../hosts/study/tune/tune-range.ts';
import type { TuneResult } from '../hosts/study/tune/tune-result.ts';
import { changesText, tuneText } from '../hosts/study/tune/tune-text.ts';
import { LEAST_SEEDS } from '../report/difference.ts';
import { commitOf } from '../report/io/commit.ts';
import type { Metric } from '../report/metric.ts';
import { ScenarioSource } from '../scenario/io/scenario-file.ts';
import { stopSignals } from './io/stop-signals.ts';
import { overridesOf, positive, seconds, seedNumber, wholeFrom, withSetOption } from './run-options.ts';
import { failureOf, studyExit, writtenResults } from './study-options.ts';

interface TuneOptions {
  readonly policy: string;
  readonly objective: Metric;
  readonly budget: number;
  readonly holdOut: readonly string[];
  readonly vary: readonly TuneRange[];
  readonly only: readonly string[];
  readonly repeat: number;
  readonly heldOutSeeds: number;
  readonly seed?: number;
  readonly duration?: number;
  readonly rate?: number;
  readonly set: readonly string[];
  readonly workers?: number;
  readonly out?: string;
  readonly json: boolean;
}

const HELP = `
What is searched are the parameters of the policy, within the bounds of its schema (starlane policies NAME), and the settings of the router that it
rests on. What the search finds is judged once, seed by seed, against the values of the scenario, on seeds and scenarios that it has not seen.
tuned.yaml is the scenario with the better values; where none are shown to be better it has the values as they were. Both end with exit code 0.

Examples:
  starlane tune scenarios/atlantic.yaml --policy ephemeris --objective ttft.p99 --budget 300
  starlane tune scenarios/atlantic.yaml --policy peak-ewma --objective slo --hold-out scenarios/multi-provider.yaml
  starlane tune scenarios/atlantic.yaml --policy ephemeris --only spread,missMs --vary spread=0.1..0.6`;

export const tuneCommand = (command: Command): Command =>
  withSetOption(command.argument('<file>', 'the scenario, a YAML file'))
    .requiredOption('-p, --policy <name>', 'the policy, or the variant of one, that is tuned')
    .addOption(
      new Option(
        '--objective <metric>',
        'what is to be better: ttft.p99, e2e.mean, ..., or slo: the share that keeps to its objectives',
      )
        .argParser(tuneObjective)
        .default(tuneObjective('ttft.p99'), 'ttft.p99'),
    )
    .option('-b, --budget <n>', 'how many simulations at most, the judgement included', wholeFrom(1, 1_000_000), 300)
    .option('--hold-out <files>', 'scenarios in which the values must not be worse, separated by commas', moreNames, [])
    .option(
      '--vary <path=range>',
      'where a parameter is searched: NAME=FROM..TO, PATH=FROM..TO/STEP or NAME=A,B; several times',
      (text: string, before: readonly TuneRange[]) => [...before, tuneRange(text)],
      [],
    )
    .option('--only <names>', 'search these parameters only, separated by commas', moreNames, [])
    .option('-n, --repeat <n>', 'seeds of the search', wholeFrom(1, 1000), 8)
    .option(
      '--held-out-seeds <n>',
      `seeds of the judgement, at least ${LEAST_SEEDS}`,
      wholeFrom(LEAST_SEEDS, 10_000),
      20,
    )
    .option('-s, --seed <n>', 'the seed of scenario and search, instead of the scenario’s', seedNumber)
    .option('-d, --duration <time>', 'how long requests are sent, instead of the scenario’s: 90, 90s, 10m, 2h', seconds)
    .option('-r, --rate <n>', 'requests per second over all clients, instead of the scenario’s', positive)
    .option('-w, --workers <n>', 'how many threads share the runs; results do not depend on it', wholeFrom(1, 256))
    .option('-o, --out <dir>', 'where to write the results (default: results/<scenario>-tune)')
    .option('--json', 'print the result as JSON instead of tables', false)
    .addHelpText('after', HELP)
    .action(async (file: string, options: TuneOptions) => {
      const { policy, objective: metric } = options;
      const tuning = new Tuning({
        ...{ source: new ScenarioSource(file), overrides: overridesOf(options), policy, metric },
        ...{ budget: options.budget, seeds: options.repeat, heldOutSeeds: options.heldOutSeeds },
        holdOut: options.holdOut.map((path) => new ScenarioSource(path)),
        ...{ ranges: options.vary, only: options.only },
      });
      const folder = options.out ?? `results/${tuning.scenario.name}-tune`;
      const kept = new KeptTrials(folder);
      const progress = new Progress();
      if (!kept.canResume) progress.say('starlane: nothing says which code this is, so no earlier result is used');
      const signal = stopSignals();
      const means = {
        workers: options.workers,
        workerModule: new URL('../parts/simulator.ts', import.meta.url).href,
        commit: commitOf(),
        signal,
      };
      let tuned: Tuned | null = null;
      const failure = await failureOf(async () => {
        tuned = await tuning.run(means, kept, (share, detail) => progress.show('tune', share, detail));
      });
      progress.clear();
      if (tuned === null) throw failure;
      const told = tuning.resultOf(tuned);
      // What an earlier command left must not stand beside what this one found.
      for (const name of ['tuned.yaml', 'tune.json']) rmSync(join(folder, name), { force: true });
      const text = `${JSON.stringify(told, null, 2)}\n`;
      const unwritten = await failureOf(async () => {
        const fault = writtenResults(folder, { 'tune.json': text });
        if (fault !== null) throw fault;
        if (!told.partial) writeTuned(file, { folder, changes: told.changes, head: headOf(told) });
      });
      const lines = [...tuneText(told, metric), ...(unwritten === null ? nextLines(told, { file, folder }) : [])];
      process.stdout.write(options.json ? text : `${lines.join('\n')}\n`);
      process.exitCode = studyExit({ failure: unwritten, isStopped: told.partial, valid: told.valid });
    });

/** What tuned.yaml says of itself. */
const headOf = ({ verdict, policy, objective, changes, scenario, simulations }: TuneResult): readonly string[] => [
  verdict === 'tuned'
    ? `Tuned by starlane tune for ${objective} of ${policy}, ${simulations} simulations: ${changesText(changes)}.`
    : `Of starlane tune for ${objective} of ${policy}, ${simulations} simulations of ${scenario}: nothing better was shown, so this is the scenario as it was.`,
];

const nextLines = (
  { partial, policy, taken }: TuneResult,
  { file, folder }: { readonly file: string; readonly folder: string },
): readonly string[] => {
  const here = relative('.', folder) || '.';
  return [
    ...(taken > 0 ? [`${taken} simulations are of an earlier command.`] : []),
    partial
      ? `Results: ${join(here, 'tune.json')}, of ${file} as far as it came.`
      : `Results: ${join(here, 'tuned.yaml')}, for simulate and run, and tune.json: every candidate.`,
    ...(partial ? [] : [`Next: npm run starlane -- simulate ${join(here, 'tuned.yaml')} --policy ${policy}`]),
  ];
};

/** An option that is given several times has the names of all. */
const moreNames = (text: string, before: readonly string[]): readonly string[] => {
  const of = text.split(',').map((name) => name.trim());
  if (of.includes('')) throw new InvalidArgumentError('Expected names separated by commas.');
  return [...new Set([...before, ...of])];
};
