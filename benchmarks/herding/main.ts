import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InvalidArgumentError } from 'commander';
import { Progress } from '../../core/process/io/progress.ts';
import { commitOf } from '../../report/io/commit.ts';
import { machineName } from '../../report/io/machine-name.ts';
import { benchmarkCommand } from '../suites/io/benchmark-command.ts';
import { HERDING_CASES, HERDING_POLICIES, herdingScenario } from './herding-case.ts';
import { type HerdingRow, herdingRatio, herdingTable, herdingVerdict } from './herding-row.ts';
import { type HerdingRun, herdingRuns } from './io/herding-run.ts';

/*
 * Whether ten routers over the same nodes make crowds that one router does not make: `npm run bench:herding`, in virtual time. Same nodes, same requests,
 * same seeds. Writes a page with the figures of each policy; names of cases may be given.
 */
const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1000)
    throw new InvalidArgumentError('Expected a whole number from 1 to 1000.');
  return value;
};

const listOf =
  (known: readonly string[]) =>
  (text: string): readonly string[] => {
    const stranger = text.split(',').find((name) => !known.includes(name));
    if (stranger === undefined) return text.split(',');
    throw new InvalidArgumentError(`Has "${stranger}", expected some of ${known.join(', ')}.`);
  };

const caseNames = HERDING_CASES.map(({ name }) => name);
const { repeat, policies, cases, out } = benchmarkCommand('bench:herding')
  .option('-n, --repeat <n>', 'seeds', whole, 10)
  .option('--policies <a,b>', 'in the order of the tables', listOf(HERDING_POLICIES), HERDING_POLICIES)
  .option('--cases <a,b>', `of ${caseNames.join(', ')}`, listOf(caseNames), caseNames)
  .option('--out <file>', 'where the page goes', fileURLToPath(new URL('results.md', import.meta.url)))
  .parse()
  .opts<{ repeat: number; policies: readonly string[]; cases: readonly string[]; out: string }>();

const progress = new Progress();
const wanted = HERDING_CASES.filter(({ name }) => cases.includes(name));
const parts: string[] = [];
const broken: string[] = [];
for (const [index, each] of wanted.entries()) {
  const runs = { one: new Map<string, HerdingRun[]>(), ten: new Map<string, HerdingRun[]>() };
  for (let seed = 1; seed <= repeat; seed++) {
    for (const count of ['one', 'ten'] as const) {
      for (const [policy, run] of herdingRuns(herdingScenario(each, count), { policies, seed })) {
        runs[count].set(policy, [...(runs[count].get(policy) ?? []), run]);
        progress.show(
          'herding',
          (index + (seed - 1) / repeat) / wanted.length,
          `${each.name}, seed ${seed}, ${policy}`,
        );
        await new Promise(setImmediate);
      }
    }
  }
  const rows = policies.map((policy): HerdingRow => {
    const of = (figure: (run: HerdingRun) => number) =>
      herdingRatio(runs.one.get(policy)!.map(figure), runs.ten.get(policy)!.map(figure));
    return { policy, peak: of(({ peak }) => peak), p99: of(({ p99 }) => p99), ttftP99Ms: of((run) => run.ttftP99Ms) };
  });
  broken.push(
    ...rows.filter(({ peak }) => herdingVerdict(peak) === 'broken').map(({ policy }) => `${policy} in ${each.name}`),
  );
  parts.push(`## ${each.name}: ${each.what}`, '', `${each.ratePerS} requests a second.`, '', ...herdingTable(rows), '');
}
progress.clear();

const conditions = `${machineName()}; ${new Date().toISOString().slice(0, 10)}; commit ${commitOf() ?? 'unknown'}`;
const page = [
  '# Do ten routers make crowds that one does not make?',
  '',
  `Written by \`npm run bench:herding -- -n ${repeat} --cases ${cases.join(',')}\`: do not edit it. Same nodes (h100-llama8b), same requests, ${repeat} seeds. Outstanding at a node are the requests that any router`,
  'has sent there and that it has not served. The peak is the most at any node at any time, p99 is over the time of all nodes. A ratio is the geometric mean of ten over',
  'one, seed by seed, with its 95 % interval; the bar is kept or broken where the whole interval is. Of `random` the ratio is 1 but for chance.',
  '',
  `_${conditions}_`,
  '',
  ...parts,
].join('\n');
writeFileSync(out, page);
process.stdout.write(
  `${parts.join('\n')}\n${out}: ${broken.length === 0 ? 'no policy breaks the bar' : `the bar is broken by ${broken.join(', ')}`}\n`,
);
process.exitCode = broken.length === 0 ? 0 : 1;
