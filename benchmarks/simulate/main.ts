import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { Progress } from '../../core/process/io/progress.ts';
import { runPlan } from '../../hosts/run-plan.ts';
import { commitOf } from '../../report/io/commit.ts';
import { machineName } from '../../report/io/machine-name.ts';
import { linksOf } from '../../scenario/topology.ts';
import { benchmarkCommand } from '../suites/io/benchmark-command.ts';
import { checkoutOf } from './io/checkout-of.ts';
import { measuredSimulation } from './io/measured-simulation.ts';
import { CASES, type SimulateCase, shortened } from './simulate-case.ts';
import { type MeasuredCase, ratioOf, simulationSpeed } from './speed.ts';
import { type CaseSpeed, type SpeedReport, speedTable } from './speed-table.ts';

/*
 * How fast `starlane simulate` is: requests a CPU second, bytes a request, links a second; with `-- --against REV` beside another commit, both in
 * this one run. Each measurement is a process of its own, as a user starts it.
 */
const positive = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Expected a whole number of at least 1.');
  return value;
};

const names = CASES.map(({ name }) => name);
const usual = CASES.filter(({ isLong }) => isLong !== true).map(({ name }) => name);
const caseList = (text: string): readonly string[] => {
  const wanted = text.split(',');
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`${unknown} is no case; expected some of ${names.join(', ')}.`);
  return wanted;
};

const options = benchmarkCommand('bench:simulate')
  .description('Measure how fast scenarios are simulated.')
  .option('--against <revision>', 'measure this commit too, in turns')
  .option('--cases <a,b>', `some of ${names.join(', ')} (default: those that take seconds)`, caseList, usual)
  .option('--rounds <n>', 'how often; a round is two measurements of each commit', positive, 3)
  .option('--out <dir>', 'where to write simulate.json and simulate.md', 'results/bench-simulate')
  .parse()
  .opts<{ against?: string; cases: readonly string[]; rounds: number; out: string }>();

/** What a case does: the requests of its schedule, or the simulated seconds of all its links. */
const doneIn = ({ file, policy, counts, ratePerS, durationS }: SimulateCase): number => {
  const overrides = { ratePerS, durationS };
  const { schedule, topology, scenario } = runPlan({ file, policies: [policy], overrides, simulated: true });
  if (counts === 'requests') return schedule.length;
  return 2 * linksOf(topology).size * (scenario.durationS + scenario.drainS);
};

const [loadBefore = Number.NaN] = loadavg();
const date = new Date().toISOString();
const folder = mkdtempSync(join(tmpdir(), 'starlane-bench-'));
const checkout = options.against === undefined ? null : checkoutOf(options.against);
const progress = new Progress();

const measured = async (of: SimulateCase, tree: string): Promise<MeasuredCase> => {
  const one = async (which: SimulateCase): Promise<MeasuredCase['whole']> => ({
    ...(await measuredSimulation(which, { tree, folder })),
    done: doneIn(which),
  });
  return { short: await one(shortened(of)), whole: await one(of) };
};

const caseSpeed = async (of: SimulateCase, share: number): Promise<CaseSpeed> => {
  const here: MeasuredCase[] = [];
  const there: MeasuredCase[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    progress.show(
      of.name,
      share + (round - 1) / options.rounds / options.cases.length,
      `round ${round} of ${options.rounds}`,
    );
    here.push(await measured(of, '.'));
    if (checkout !== null) there.push(await measured(of, checkout.tree), await measured(of, checkout.tree));
    here.push(await measured(of, '.'));
  }
  return {
    name: of.name,
    counts: of.counts,
    here: simulationSpeed(here),
    there: checkout === null ? null : simulationSpeed(there),
    ratio: checkout === null ? null : ratioOf(here, there),
  };
};

try {
  const cases: CaseSpeed[] = [];
  const wanted = CASES.filter(({ name }) => options.cases.includes(name));
  for (const [index, each] of wanted.entries()) cases.push(await caseSpeed(each, index / wanted.length));
  progress.clear();
  const report: SpeedReport = {
    commit: commitOf(),
    against: checkout?.commit ?? null,
    machine: machineName(),
    load: [loadBefore, loadavg()[0] ?? Number.NaN],
    date,
    cases,
  };
  mkdirSync(options.out, { recursive: true });
  writeFileSync(join(options.out, 'simulate.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(options.out, 'simulate.md'), speedTable(report));
  process.stdout.write(`${speedTable(report)}\nWritten: ${join(options.out, 'simulate.json')} and simulate.md.\n`);
} finally {
  checkout?.remove();
  rmSync(folder, { recursive: true, force: true });
}
