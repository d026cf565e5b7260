import { Bench } from 'tinybench';
import { Progress } from '../../core/process/io/progress.ts';
import { textTable } from '../../report/text-table.ts';
import type { Case } from './case.ts';
import { connectionCases } from './connection-cases.ts';
import { constellationCases } from './constellation-cases.ts';
import { engineCases } from './engine-cases.ts';
import { eventQueueCases } from './event-queue-cases.ts';
import { frameCases } from './frame-cases.ts';
import { hpackCases } from './hpack-cases.ts';
import { pickCases } from './pick-cases.ts';
import { transportCases } from './transport-cases.ts';

/**
 * Benchmarks of the hot paths, one operation at a time: `npm run bench`, or `npm run bench -- pick` for some of them.
 * Times depend on the machine, so compare only within one run.
 */
const wanted = process.argv.slice(2);
const all = [
  eventQueueCases,
  transportCases,
  pickCases,
  engineCases,
  hpackCases,
  frameCases,
  connectionCases,
  constellationCases,
].flatMap((cases) => cases());
const cases = all.filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)));

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

const progress = new Progress();
const rows: string[][] = [];
for (const [index, measured] of cases.entries()) {
  progress.show('micro', index / cases.length, `${index + 1} of ${cases.length}, ${measured.name}`);
  const bench = new Bench({ time: 200, warmupTime: 50 });
  bench.add(measured.name, measured.run);
  await bench.run();
  const result = bench.tasks[0]!.result;
  if (!('latency' in result)) throw new Error(`${measured.name} did not complete`);
  const { p50, p99 } = result.latency;
  const { operations = 1 } = measured;
  rows.push([
    measured.name,
    nanoseconds(p50 / operations),
    nanoseconds(p99 / operations),
    bytesAnOperation(measured, p50 < 1 ? 1000 : 50).toFixed(0),
  ]);
}
progress.clear();

const right = (title: string) => ({ title, align: 'right' as const });
const columns = [{ title: 'operation', align: 'left' as const }, right('p50 ns'), right('p99 ns'), right('bytes')];
process.stdout.write(`${textTable(columns, rows).join('\n')}\n`);

function nanoseconds(ms: number): string {
  return (ms * 1e6).toFixed(0);
}
