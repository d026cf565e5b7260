import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { ascending, quantile } from '../../core/stats/quantile.ts';
import { benchmarkCommand } from '../suites/io/benchmark-command.ts';
import { conditionsOfSuite, printRows, suiteResult } from '../suites/io/print-rows.ts';
import type { SuiteRow } from '../suites/suite-result.ts';
import { type Compared, type CountedShare, isNear, judge } from './judgement.ts';
import { type KernelRow, parseKernelTable } from './kernel-table.ts';
import { Replays } from './replayed-case.ts';

/**
 * The transport model against what the kernel did: replays the cases of a table of measurements through the model, prints
 * each that is not near, and how many are. `npm run bench:transport`; README.md says what the cases are.
 */
const number =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!(value >= least && value <= most)) throw new InvalidArgumentError(`Expected ${least} to ${most}.`);
    return value;
  };

const options = benchmarkCommand('bench:transport')
  .option(
    '--table <file>',
    'measurements: case,bytes,n,p50_ms,p95_ms,p99_ms',
    `${import.meta.dirname}/kernel-6.1-netem.csv`,
  )
  .option('--tick <ms>', 'tick of the measured kernel', number(0, 100), 10)
  .option('--times <n>', 'how often the model plays each plan', number(1, 100), 10)
  .option('--all', 'print the cases that are near, too', false)
  .option('--json', 'print JSON instead of a table: how many are near', false)
  .parse()
  .opts<{ table: string; tick: number; times: number; all: boolean; json: boolean }>();
const conditions = conditionsOfSuite('transport');

/** What the measured kernel itself takes for a message: it ran on a slow processor, and its link without shaping took 0.2 to 0.9 ms. */
const PROCESSING_MS = 1;

const rows = parseKernelTable(readFileSync(options.table, 'utf8'));
const replays = new Replays({ tickMs: options.tick, times: options.times });
const cases: Compared[] = [];
const left: KernelRow[] = [];
const print = (...columns: readonly string[]): void => {
  if (options.json) return;
  process.stdout.write(
    `${columns.map((column, index) => (index === 0 ? column.padEnd(20) : column.padStart(9))).join(' ')}\n`,
  );
};
print('case', 'bytes', 'model p50', 'kernel', 'model p95', 'kernel');
for (const [index, row] of rows.entries()) {
  if (process.stderr.isTTY) process.stderr.write(`\r${index + 1} of ${rows.length} `);
  const times = replays.of(row);
  if (times === null || times.length === 0) {
    left.push(row);
    continue;
  }
  const sorted = ascending(times);
  const p50Ms = quantile(sorted, 0.5);
  const p95Ms = quantile(sorted, 0.95);
  cases.push({ row, p50Ms, p95Ms });
  const isGood = isNear(p50Ms, row.p50Ms, 0.05, PROCESSING_MS) && isNear(p95Ms, row.p95Ms, 0.15, PROCESSING_MS);
  if (isGood && !options.all) continue;
  print(row.name, `${row.bytes}`, p50Ms.toFixed(1), `${row.p50Ms}`, p95Ms.toFixed(1), `${row.p95Ms}`);
}

const strict = judge(cases, 0);
const allowing = judge(cases, PROCESSING_MS);
if (options.json) {
  const rows = [...strict].flatMap(([set, exact]) =>
    (['p50', 'p95'] as const).flatMap((quantileOf) =>
      [exact, allowing.get(set)!].map((share, index): SuiteRow => {
        const { near, of } = share[quantileOf];
        const unit = `share of ${quantileOf} near${index === 0 ? '' : `, with ${PROCESSING_MS} ms for the kernel`}`;
        return { case: `set ${set}, ${of} cases`, unit, value: near / of, isLowerBetter: false };
      }),
    ),
  );
  printRows(suiteResult(conditions, rows), options);
} else {
  const text = ({ near, of }: CountedShare): string => `${near} of ${of}`;
  process.stdout.write(
    '\nmedians within 5 %, 95th percentiles within 15 %; in brackets with 1 ms for the processing of the kernel\n',
  );
  for (const [set, { p50, p95 }] of allowing) {
    const exact = strict.get(set)!;
    process.stdout.write(`  ${set}  p50 ${text(exact.p50)} (${text(p50)})   p95 ${text(exact.p95)} (${text(p95)})\n`);
  }
  const names = [...new Set(left.map(({ name, bytes }) => `${name} ${bytes}`))];
  if (names.length > 0)
    process.stdout.write(`\nnot replayed, because their plan is not recorded: ${names.join(', ')}\n`);
}
