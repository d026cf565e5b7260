import { InvalidArgumentError } from 'commander';
import { Progress } from '../../core/process/io/progress.ts';
import { seededRng } from '../../core/random/rng.ts';
import { blockIntervals } from '../../core/stats/block-interval.ts';
import { ascending, quantile } from '../../core/stats/quantile.ts';
import { tInterval } from '../../report/t-interval.ts';
import { type Column, textTable } from '../../report/text-table.ts';
import { benchmarkCommand } from '../suites/io/benchmark-command.ts';
import { coverageOf } from './coverage.ts';
import { constantQueue, exponentialQueue, independent, type Process } from './processes.ts';

/*
 * How often 95 % intervals hold the true value: `npm run bench:intervals -- --experiments 4000`. Within one run by blocks of time, and
 * over ten seeds by Student's t, of processes whose quantiles are known. An experiment within a run is one run; one over seeds is ten.
 */
const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Expected a whole number of at least 1.');
  return value;
};

const { experiments, minutes, seeds } = benchmarkCommand('bench:intervals')
  .option('--experiments <n>', 'a case', whole, 1000)
  .option('--minutes <n,n>', 'how long runs are', (text) => text.split(',').map(whole), [10, 20, 40])
  .option('--seeds <n>', 'runs of an experiment over seeds; 1 leaves those out', whole, 10)
  .parse()
  .opts<{ experiments: number; minutes: readonly number[]; seeds: number }>();

const PROCESSES: Readonly<Record<string, Process>> = {
  'independent, 20/s': independent(20),
  'M/D/1 at 0.8, 20/s': constantQueue(20, 0.8),
  'M/M/1 at 0.8, 20/s': exponentialQueue(20, 0.8),
};
const QUANTILES = [0.5, 0.99] as const;

const progress = new Progress();
const rows: string[][] = [];
for (const [name, process] of Object.entries(PROCESSES)) {
  for (const length of minutes) {
    const within = QUANTILES.map((): (readonly [number, number] | null)[] => []);
    const over = QUANTILES.map((): (readonly [number, number] | null)[] => []);
    const slots = length * 4;
    for (let experiment = 0; experiment < experiments; experiment++) {
      const values = QUANTILES.map((): number[] => []);
      for (let seed = 0; seed < seeds; seed++) {
        const samples = process.run(slots, seededRng(`${experiment}/${seed}`)(name));
        const seen = ascending(samples.values);
        for (const [index, p] of QUANTILES.entries()) values[index]!.push(quantile(seen, p));
        if (seed > 0) continue;
        const intervals = blockIntervals(samples, { seen, slots, at: QUANTILES });
        for (const [index, interval] of intervals.entries()) within[index]!.push(interval);
      }
      for (const [index, of] of values.entries()) over[index]!.push(tInterval(of)?.ci95 ?? null);
      progress.show(name, experiment / experiments, `runs of ${length} minutes`);
      if (experiment % 20 === 0) await new Promise(setImmediate);
    }
    const kinds = new Map([['within a run', within]]);
    if (seeds > 1) kinds.set(`over ${seeds} seeds`, over);
    for (const [kind, intervals] of kinds) {
      for (const [index, p] of QUANTILES.entries()) {
        const { given, held, tooLow, tooHigh, width } = coverageOf(intervals[index]!, process.quantile(p));
        const cells = [given / experiments, held, tooLow, tooHigh, width].map(
          (share) => `${(100 * share).toFixed(1)} %`,
        );
        rows.push([name, `${length} min`, `p${100 * p} ${kind}`, ...cells]);
      }
    }
  }
}
progress.clear();
const column = (title: string, align: Column['align']): Column => ({ title, align });
const columns = [
  ...['process', 'runs', 'interval'].map((title) => column(title, 'left')),
  ...['given', 'of those hold', 'too low', 'too high', 'median width'].map((title) => column(title, 'right')),
];
globalThis.process.stdout.write(`${textTable(columns, rows).join('\n')}\n`);
