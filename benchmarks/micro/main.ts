import { Bench } from 'tinybench';
import { Progress } from '../../core/process/io/progress.ts';
import { benchmarkCommand } from '../suites/io/benchmark-command.ts';
import { conditionsOfSuite, printRows, suiteResult } from '../suites/io/print-rows.ts';
import type { SuiteRow } from '../suites/suite-result.ts';
import type { Case } from './case.ts';
import { connectionCases } from './connection-cases.ts';
import { constellationCases } from './constellation-cases.ts';
import { engineCases } from './engine-cases.ts';
import { eventQueueCases } from './event-queue-cases.ts';
import { frameCases } from './frame-cases.ts';
import { hpackCases } from './hpack-cases.ts';
import { pickCases } from './pick-cases.ts';
import { protobufCases } from './protobuf-cases.ts';
import { transportCases } from './transport-cases.ts';

/**
 * Benchmarks of the hot paths, one operation at a time: `npm run bench`, or `npm run bench -- pick` for some of them.
 * Times depend on the machine, so compare only within one run.
 */
const command = benchmarkCommand('bench')
  .argument('[words...]', 'only operations whose names have one of these in them')
  .option('--json', 'print JSON instead of a table', false)
  .option('--time <ms>', 'how long each operation is repeated', Number, 200)
  .parse();
const wanted = command.args;
const { json, time } = command.opts<{ json: boolean; time: number }>();
/** By how the names of their cases begin. */
const GROUPS: readonly (readonly [begin: string, cases: () => readonly Case[]])[] = [
  ['event queue', eventQueueCases],
  ['transport', transportCases],
  ['pick', pickCases],
  ['engine', engineCases],
  ['hpack', hpackCases],
  ['frames', frameCases],
  ['connection', connectionCases],
  ['protobuf', protobufCases],
  ['constellation', constellationCases],
];

/** Making cases takes seconds: where every word is the begin of a name, the other groups are not made. */
const begins = wanted.map((word) => GROUPS.find(([begin]) => word.startsWith(begin))?.[0]);
const made = GROUPS.filter(([begin]) => wanted.length === 0 || begins.includes(undefined) || begins.includes(begin));
const cases = made
  .flatMap(([, of]) => of())
  .filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)));

/** Heap bytes that one operation leaves for the garbage collector. Needs --expose-gc, and a young space that it cannot fill. */
const bytesAnOperation = ({ run, operations: each = 1 }: Case, operations: number): number => {
  const collect = globalThis.gc;
  if (collect === undefined) return Number.NaN;
  for (let index = 0; index < operations; index++) run();
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < operations; index++) run();
  return Math.max(0, process.memoryUsage().heapUsed - before) / operations / each;
};

const conditions = conditionsOfSuite('micro');
const progress = new Progress();
const rows: SuiteRow[] = [];
for (const [index, measured] of cases.entries()) {
  progress.show('micro', index / cases.length, `${index + 1} of ${cases.length}, ${measured.name}`);
  const bench = new Bench({ time, warmupTime: time / 4 });
  bench.add(measured.name, measured.run);
  await bench.run();
  const result = bench.tasks[0]!.result;
  if (!('latency' in result)) throw new Error(`${measured.name} did not complete`);
  const { p50, p99 } = result.latency;
  const { operations = 1 } = measured;
  const figures = {
    ns: (p50 * 1e6) / operations,
    'ns at p99': (p99 * 1e6) / operations,
    bytes: bytesAnOperation(measured, p50 < 1 ? 1000 : 50),
  };
  for (const [unit, value] of Object.entries(figures)) {
    if (!Number.isNaN(value)) rows.push({ case: measured.name, unit, value, isLowerBetter: true });
  }
}
progress.clear();
printRows(suiteResult(conditions, rows), { json });
