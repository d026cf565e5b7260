import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import { type Command, Option } from 'commander';
import { EXIT } from '../core/process/exit-code.ts';
import { Progress } from '../core/process/io/progress.ts';
import { repetitionSeeds } from '../hosts/repetition-seeds.ts';
import { runPlan } from '../hosts/run-plan.ts';
import { simulateAll } from '../hosts/simulate/io/simulate-all.ts';
import { SimulationResults, summaryText } from '../hosts/simulate/io/simulation-results.ts';
import { isKeptForRegret } from '../hosts/simulate/kept-for-regret.ts';
import { RepetitionsWanted } from '../hosts/simulate/repetitions-wanted.ts';
import { SimulationProgress } from '../hosts/simulate/simulation-progress.ts';
import { TaskBoard } from '../hosts/simulate/task-board.ts';
import { usualWorkers } from '../hosts/simulate/usual-workers.ts';
import { resultsFooter } from '../report/io/results-footer.ts';
import { terminalReport } from '../report/terminal-report.ts';
import { parseUntil, type Until } from '../report/until.ts';
import { keptGeometry } from '../scenario/io/kept-geometry.ts';
import { pathsNeverUp } from '../scenario/paths-never-up.ts';
import { recordingTopology } from '../scenario/topology.ts';
import { type ByOption, withByOption } from './by-option.ts';
import { deadPathLine } from './dead-path-line.ts';
import { inPieces } from './io/in-pieces.ts';
import { resultExit } from './io/result-exit.ts';
import { stopSignals } from './io/stop-signals.ts';
import { overridesOf, type RunOptions, wholeFrom, withRunOptions } from './run-options.ts';

interface SimulateOptions extends RunOptions, ByOption {
  readonly repeat: number;
  readonly until?: Until;
  readonly workers?: number;
  readonly events: boolean;
}

export const simulateCommand = (command: Command): Command =>
  withByOption(withRunOptions(command))
    .option('-n, --repeat <n>', 'repetitions, each under a seed of its own: gives intervals', wholeFrom(1, 10_000), 1)
    .addOption(
      new Option(
        '-u, --until <metric:bound,...,max:n>',
        'repetitions until intervals reach so far at most to both sides: ttft.p99:5%,max:20',
      )
        .argParser(parseUntil)
        .conflicts('repeat'),
    )
    .option('-w, --workers <n>', 'how many threads share the runs; results do not depend on it', wholeFrom(1, 256))
    .option('--events', 'write events.jsonl too, a line an event', false)
    .action(async (file: string, options: SimulateOptions) => {
      const progress = new Progress();
      progress.show('scenario', null, 'reading it and planning its requests');
      const overrides = overridesOf(options);
      let keep = (): void => {};
      const plan = runPlan({
        file,
        policies: options.policy,
        overrides,
        simulated: true,
        geometryOf: (of) => {
          const kept = keptGeometry(of);
          keep = kept.keep;
          return kept.geometry;
        },
      });
      // Until here a signal ends the process at once, in the middle of planning: there is nothing to keep or to remove yet.
      const signal = stopSignals();
      const { scenario, commit, schedule } = plan;
      for (const remark of plan.topology.remarks) progress.say(`starlane: ${remark}`);
      const endMs = (scenario.durationS + scenario.drainS) * 1000;
      const folder = options.out ?? `results/${scenario.name}-simulate`;
      const results = new SimulationResults(folder, scenario, options);
      const links = await inPieces(recordingTopology(plan.topology, endMs, plan.geometry), {
        onShare: (share) => progress.show('links', share, 'computing every path once'),
        signal,
      });
      const stopEarly = (): void => {
        keep();
        progress.clear();
        results.close();
        process.stderr.write('starlane: stopped before anything was simulated\n');
        process.exitCode = EXIT.stopped;
      };
      if (links === null) return stopEarly();
      for (const dead of pathsNeverUp(scenario, links, { untilMs: endMs })) {
        progress.say(`starlane: ${deadPathLine(dead)}`);
      }
      const { until } = options;
      const tasks = repetitionSeeds(scenario.seed, until?.most ?? options.repeat)
        .flatMap((seed, index) => options.policy.map((policy) => ({ policy, seed, repetition: index + 1 })))
        .map((task, index) => ({
          ...task,
          index,
          events: results.eventsOf(index),
          requests: results.requestsOf(index),
          keepsAnswerTimes: isKeptForRegret(scenario, { policies: options.policy, repetition: task.repetition }),
        }));
      const board = TaskBoard.for(tasks.length);
      signal.addEventListener('abort', () => board.stop());
      const running = new SimulationProgress(tasks, board, { endMs, beganAtMs: performance.now() });
      const showing = setInterval(() => progress.show(...running.shown(performance.now())), SHOWN_EACH_MS);
      const wanted = until && new RepetitionsWanted(until, options.policy.length);
      const { outcomes, failure } = await simulateAll({
        tasks,
        work: { scenario, overrides, commit },
        board,
        workers: options.workers ?? usualWorkers(tasks.length, schedule.length, availableParallelism()),
        workerModule: new URL('../parts/simulator.ts', import.meta.url).href,
        prepared: { repetition: 1, plan, topology: links },
        isEnough: (all) => wanted?.isEnough(all.map((outcome) => outcome?.summary?.runs[0] ?? null)) ?? false,
      });
      clearInterval(showing);
      keep();
      progress.clear();
      const isStopped = signal.aborted;
      const last = wanted?.enough ?? Number.POSITIVE_INFINITY;
      const counting = tasks.filter(({ repetition }) => repetition <= last);
      const summary = await results.finish(counting, outcomes, until);
      results.close();
      if (failure !== null) process.stderr.write(`starlane: ${failure}\n`);
      if (summary === null) {
        if (failure === null) return stopEarly();
        process.exitCode = EXIT.failed;
        return;
      }
      const same = `${file}${options.set.map((each) => ` --set '${each}'`).join('')}`;
      const isLive = Object.values(scenario.nodes).every(({ decodesAt }) => decodesAt === undefined);
      const next = [
        `simulate ${same} --policy ephemeris,clairvoyant,floor   how far from the best that is possible?`,
        ...(isLive ? [`run ${same}                                  the same over real gRPC`] : []),
      ];
      const footer =
        results.fault === null
          ? resultsFooter(relative('.', folder) || '.', { summary, isStopped, next, events: options.events })
          : [];
      process.stdout.write(
        options.json
          ? summaryText(summary)
          : `${[...terminalReport(summary, options), '', running.speedLine(performance.now()), ...footer].join('\n')}\n`,
      );
      process.exitCode = resultExit({ fault: results.fault, isStopped, valid: summary.valid });
    });

const SHOWN_EACH_MS = 200;
