import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { ConfigError } from '../../core/config/config-error.ts';
import { Progress } from '../../core/process/io/progress.ts';
import type { LoadTransportName } from '../../workload/load-schema.ts';
import { killAll } from '../peers/io/bench-process.ts';
import { commandVersion } from '../peers/io/command-version.ts';
import { benchmarkCommand } from '../suites/io/benchmark-command.ts';
import { conditionsOfSuite, printRows, suiteResult } from '../suites/io/print-rows.ts';
import { type LoadCores, runCase } from './io/case-run.ts';
import { loadReport, loadRows } from './load-report.ts';
import type { LoadCaseResult } from './load-result.ts';

/**
 * What one process of the load generator can do, and how still its machine is: `npm run bench:load`. It writes `load.json` and
 * `results.md` to `--out`. `--seconds 600` shows whether memory stays bounded. See benchmarks/README.md.
 */
const numberFrom =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected ${least} to ${most}.`);
  };

interface Options {
  readonly streams: number;
  readonly messages: number;
  readonly answer: number;
  readonly seconds: number;
  readonly transport: LoadTransportName | 'both';
  readonly out: string | null;
  readonly json: boolean;
}

const options = benchmarkCommand('bench:load')
  .option('--streams <n>', 'how many answers are open at a time', numberFrom(1, 100_000), 2000)
  .option('--messages <n>', 'messages a second, of all answers', numberFrom(1, 1_000_000), 15_000)
  .option('--answer <seconds>', 'how long an answer takes', numberFrom(1, 600), 10)
  .option('--seconds <n>', 'how long to measure each transport', numberFrom(5, 36_000), 30)
  .addOption(
    new Option('--transport <name>', 'what carries the calls').choices(['frames', 'grpc-js', 'both']).default('both'),
  )
  .option('--out <folder>', 'where load.json and results.md go; only to the terminal by default', String, null)
  .option('--json', 'print JSON instead of a page', false)
  .parse()
  .opts<Options>();

const coresOf = (): LoadCores => {
  const cores = availableParallelism();
  if (process.platform !== 'linux' || commandVersion('taskset', ['--version']) === null || cores < 2) {
    throw new ConfigError('bench:load', 'cannot run here, expected Linux with `taskset` and two cores');
  }
  return { generator: '0', others: cores === 2 ? '1' : `1-${cores - 1}` };
};

const measure = async (): Promise<readonly LoadCaseResult[]> => {
  const cores = coresOf();
  const progress = new Progress();
  const cases: LoadCaseResult[] = [];
  const transports = options.transport === 'both' ? (['frames', 'grpc-js'] as const) : [options.transport];
  for (const [index, transport] of transports.entries()) {
    const { streams, messages, answer, seconds } = options;
    const of = { transport, streams, messagesPerS: messages, answerMs: answer * 1000, measuredMs: seconds * 1000 };
    cases.push(await runCase(of, cores, (stage) => progress.show(transport, index / transports.length, stage)));
  }
  progress.clear();
  return cases;
};

process.on('SIGINT', () => {
  killAll();
  process.exit(130);
});

try {
  const conditions = conditionsOfSuite('load');
  const cases = await measure();
  const result = suiteResult(conditions, cases.flatMap(loadRows));
  const report = loadReport(result, cases, `npm run bench:load -- ${process.argv.slice(2).join(' ')}`.trimEnd());
  if (options.json) printRows(result, { json: true });
  else process.stdout.write(report);
  if (options.out !== null) {
    mkdirSync(options.out, { recursive: true });
    writeFileSync(join(options.out, 'load.json'), `${JSON.stringify({ ...result, cases }, null, 2)}\n`);
    writeFileSync(join(options.out, 'results.md'), report);
  }
} catch (error) {
  process.stderr.write(`bench:load: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
}
