import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { checkoutOf } from '../benchmarks/simulate/io/checkout-of.ts';
import { type ComparedRow, comparedRows } from '../benchmarks/suites/compared-rows.ts';
import { withTable } from '../benchmarks/suites/generated-tables.ts';
import { measuredSuite, shownSuite } from '../benchmarks/suites/io/run-suite.ts';
import { SUITES } from '../benchmarks/suites/registry.ts';
import type { Suite } from '../benchmarks/suites/suite.ts';
import { type SuiteResult, suiteResultSchema } from '../benchmarks/suites/suite-result.ts';
import { comparisonTable, suiteMarkdown, suiteTable } from '../benchmarks/suites/suite-table.ts';
import { ConfigError } from '../core/config/config-error.ts';
import { makeFolder } from '../core/config/io/output.ts';
import { readText } from '../core/config/io/read-text.ts';
import { writeWhole } from '../core/config/io/write-whole.ts';
import { suggestion } from '../core/config/nearest.ts';
import { EXIT } from '../core/process/exit-code.ts';
import { textTable } from '../report/text-table.ts';
import { stopSignals } from './io/stop-signals.ts';
import { wholeFrom } from './run-options.ts';

interface BenchOptions {
  readonly against?: string;
  readonly rounds?: number;
  readonly only?: string;
  readonly json: boolean;
  readonly out: string;
  readonly updateReadme: boolean;
}

const HELP = `
Without a name it lists the suites. Times depend on the machine, so only what was measured in one run should be compared: --against a revision
runs both commits in turns (here, there, there, here), and gives each ratio with its 95 % interval over the rounds. --against a file compares with an
earlier result, without an interval.

Examples:
  starlane bench micro --only pick
  starlane bench micro http --json
  starlane bench micro --only "N = 256" --against main --rounds 3`;

export const benchCommand = (command: Command): Command =>
  command
    .argument('[names...]', 'suites to run, one after the other')
    .option('--against <file|revision>', 'compare with an earlier result, or with another commit that is measured too')
    .option(
      '--rounds <n>',
      'with a revision: how often, usually 3; a round is two measurements of each commit',
      wholeFrom(1, 100),
    )
    .option('--only <word>', 'of micro and http: only cases whose names have this in them')
    .option('--json', 'print JSON instead of tables', false)
    .option('-o, --out <dir>', 'where to write NAME.json', 'results/bench')
    .option('--update-readme', 'write the tables in benchmarks/README.md anew', false)
    .addHelpText('after', HELP)
    .action(async (names: readonly string[], options: BenchOptions) => {
      if (names.length === 0) {
        const meant = (['against', 'rounds', 'only', 'updateReadme'] as const).find((key) => options[key]);
        if (meant !== undefined)
          throw new ConfigError(flagOf(meant), 'is for suites, and none is named; expected NAME...');
        return list(options.json);
      }
      const suites = names.map(suiteNamed);
      const { against } = options;
      const earlier = against === undefined || !existsSync(against) ? null : resultIn(against);
      checkAgainst(suites, options, earlier);
      makeFolder(options.out, '--out');
      const signal = stopSignals();
      const there = against !== undefined && earlier === null ? revision(against) : null;
      const { rounds = 3 } = options;
      const done: { readonly result: SuiteResult; readonly compared?: readonly ComparedRow[] }[] = [];
      try {
        for (const suite of suites) {
          const args = options.only === undefined ? [] : [options.only];
          if (suite.rows === null) {
            const code = await shownSuite(suite, { tree: ROOT, commit: null, args: [], signal });
            if (code !== 0) process.exitCode = code;
            if (signal.aborted) break;
            continue;
          }
          const here = { tree: ROOT, commit: null, args, signal };
          const measured: [own: SuiteResult[], its: SuiteResult[]] = [[], []];
          if (there === null) measured[0].push(await measuredSuite(suite, here));
          for (let round = 0; there !== null && round < rounds; round++) {
            const other = { ...here, ...there };
            measured[0].push(await measuredSuite(suite, here));
            measured[1].push(await measuredSuite(suite, other), await measuredSuite(suite, other));
            measured[0].push(await measuredSuite(suite, here));
          }
          const [own, its] = measured;
          if (options.only !== undefined && own[0]!.rows.length === 0)
            throw new ConfigError('--only', `is "${options.only}", which is in the name of no case of ${suite.name}`);
          const others = earlier === null ? its : [earlier];
          done.push({ result: own[0]!, ...(others.length > 0 && { compared: comparedRows(own, others) }) });
          writeWhole(join(options.out, `${suite.name}.json`), `${JSON.stringify(done.at(-1)!.result, null, 2)}\n`);
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        there?.remove();
      }
      if (options.json)
        process.stdout.write(`${JSON.stringify(done.length === 1 ? jsonOf(done[0]!) : done.map(jsonOf), null, 2)}\n`);
      else
        for (const each of done)
          process.stdout.write(`${linesOf(each, there?.commit ?? against ?? '').join('\n')}\n\n`);
      if (options.updateReadme) for (const { result } of done) updateReadme(result);
      if (signal.aborted) process.exitCode = EXIT.stopped;
    });

const ROOT = join(import.meta.dirname, '..');
const README = join(ROOT, 'benchmarks/README.md');

const list = (asJson: boolean): void => {
  const known = SUITES.map(({ name, what, takes, needs = '', rows }) => ({
    name,
    what,
    takes,
    needs,
    json: rows !== null,
  }));
  const rows = known.map(({ name, takes, json, needs, what }) => [name, takes, json ? 'yes' : '', needs, what]);
  const columns = ['suite', 'takes', '--json', 'needs', 'what'].map((title) => ({ title, align: 'left' as const }));
  process.stdout.write(asJson ? `${JSON.stringify(known, null, 2)}\n` : `${textTable(columns, rows).join('\n')}\n`);
};

const suiteNamed = (name: string): Suite => {
  const suite = SUITES.find((one) => one.name === name);
  if (suite !== undefined) return suite;
  throw new ConfigError(
    '',
    `${name} is no suite; ${suggestion(
      name,
      SUITES.map((one) => one.name),
    )}`,
  );
};

/** What can be wrong of the options is told before minutes of measurements. */
const checkAgainst = (suites: readonly Suite[], options: BenchOptions, earlier: SuiteResult | null): void => {
  if (options.rounds !== undefined && (options.against === undefined || earlier !== null))
    throw new ConfigError('--rounds', 'is for a revision to compare with, expected --against REVISION');
  const printing = suites.find(({ rows }) => rows === null);
  const wanting = (['against', 'only', 'json', 'updateReadme'] as const).find((key) => options[key]);
  if (printing !== undefined && wanting !== undefined)
    throw new ConfigError(flagOf(wanting), `is not for ${printing.name}, which only prints`);
  const deaf = options.only === undefined ? undefined : suites.find(({ name }) => name !== 'micro' && name !== 'http');
  if (deaf !== undefined) throw new ConfigError('--only', `is not for ${deaf.name}, expected micro or http`);
  if (earlier !== null && (suites.length > 1 || suites[0]!.name !== earlier.suite))
    throw new ConfigError('--against', `is a result of ${earlier.suite}, expected that suite alone`);
};

const flagOf = (key: string): string => `--${key === 'updateReadme' ? 'update-readme' : key}`;

const resultIn = (path: string): SuiteResult => {
  try {
    return suiteResultSchema.parse(JSON.parse(readText(path, 'a result of starlane bench')));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError('--against', `is ${path}, which is no result of starlane bench`);
  }
};

const revision = (name: string) => {
  try {
    return checkoutOf(name);
  } catch {
    throw new ConfigError('--against', `is ${name}, which is neither a file nor a revision that git knows`);
  }
};

type Done = { readonly result: SuiteResult; readonly compared?: readonly ComparedRow[] };

const jsonOf = ({ result, compared }: Done): object => (compared === undefined ? result : { ...result, compared });

const linesOf = ({ result, compared }: Done, against: string): readonly string[] => [
  ...suiteTable(result),
  ...(compared === undefined ? [] : ['', ...comparisonTable(compared, shortName(against))]),
];

const shortName = (against: string): string => (existsSync(against) ? relative('.', against) : against);

const updateReadme = (result: SuiteResult): void => {
  const text = withTable(readFileSync(README, 'utf8'), result.suite, suiteMarkdown(result));
  if (text === null)
    throw new ConfigError(
      '--update-readme',
      `has no place for ${result.suite}, expected <!-- bench:${result.suite} --> in benchmarks/README.md`,
    );
  writeWhole(README, text);
};
