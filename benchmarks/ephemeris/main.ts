import { mkdirSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvalidArgumentError } from 'commander';
import { EXIT } from '../../core/process/exit-code.ts';
import { Progress } from '../../core/process/io/progress.ts';
import { Studies } from '../../hosts/study/io/studies.ts';
import { commitOf } from '../../report/io/commit.ts';
import { machineName } from '../../report/io/machine-name.ts';
import { ScenarioSource } from '../../scenario/io/scenario-file.ts';
import { benchmarkCommand } from '../suites/io/benchmark-command.ts';
import { bestRivalRows, type ContestRow, nameOf, OBJECTIVES, RIVALS, termRows, variants } from './contest.ts';
import { contestText } from './contest-text.ts';

/*
 * `ephemeris` under each objective beside the best other policy, and beside itself without each of its terms: `npm run bench:ephemeris`. Scenarios
 * may be given as files. What was simulated is kept in results/ephemeris, so that the same command goes on where it was stopped.
 */
const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 2 || value > 1000)
    throw new InvalidArgumentError('Expected a whole number from 2 to 1000.');
  return value;
};

const ours = (name: string): string => fileURLToPath(new URL(`scenarios/${name}.yaml`, import.meta.url));
const OURS = ['pacific', 'cut', 'capacity', 'laser', 'slow'].map(ours);

const command = benchmarkCommand('bench:ephemeris')
  .argument(
    '[scenarios...]',
    'scenario files instead of those of benchmarks/ephemeris/scenarios and scenarios/atlantic.yaml',
  )
  .option('-n, --repeat <n>', 'seeds', whole, 10)
  .option('--duration <s>', 'seconds of each run, in place of those of the scenarios', Number)
  .option('--out <file>', 'where the page goes', fileURLToPath(new URL('results.md', import.meta.url)))
  .parse();
const { repeat, duration, out } = command.opts<{ repeat: number; duration?: number; out: string }>();
const files = command.args.length > 0 ? command.args : [...OURS, 'scenarios/atlantic.yaml'];

const stopping = new AbortController();
process.once('SIGINT', () => stopping.abort());
process.once('SIGTERM', () => stopping.abort());

const folder = 'results/ephemeris';
mkdirSync(folder, { recursive: true });
const studies = new Studies(folder, {
  workers: undefined,
  workerModule: new URL('../../parts/simulator.ts', import.meta.url).href,
  commit: commitOf(),
  signal: stopping.signal,
});
const overrides = {
  set: [`router.variants=${JSON.stringify(variants())}`],
  ...(duration === undefined ? {} : { durationS: duration }),
};
const policies = [...RIVALS, ...Object.keys(variants())];
const progress = new Progress();
const rivals: ContestRow[] = [];
const terms: ContestRow[] = [];
for (const [index, file] of files.entries()) {
  const name = basename(file, '.yaml');
  const scenario = new ScenarioSource(file).scenario(overrides);
  const summary = await studies.summaryOf({ scenario, overrides, policies, repeat }, (share) =>
    progress.show('ephemeris', (index + share) / files.length, name),
  );
  if (summary === null) break;
  rivals.push(...bestRivalRows(name, summary.runs));
  terms.push(...termRows(name, summary.runs));
}
progress.clear();
if (stopping.signal.aborted) {
  process.stderr.write('bench:ephemeris: stopped; what was simulated is kept, the page is not written\n');
  process.exitCode = EXIT.stopped;
} else {
  const date = new Date().toISOString().slice(0, 10);
  const conditions = `${machineName()}; ${date}; commit ${commitOf() ?? 'unknown'}`;
  writeFileSync(out, contestText({ rivals, terms, conditions, repeat }));
  for (const { scenario, objective, own, against, other, ratio } of rivals) {
    process.stdout.write(`${scenario}: ${nameOf(objective)} ${own}, ${against} ${other}, ratio ${ratio.toFixed(2)}\n`);
  }
  process.stdout.write(`${OBJECTIVES.length * files.length} comparisons in ${out}\n`);
}
