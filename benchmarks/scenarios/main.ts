import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { ConfigError } from '../../core/config/config-error.ts';
import { suggestion } from '../../core/config/nearest.ts';
import { EXIT } from '../../core/process/exit-code.ts';
import { commitOf } from '../../report/io/commit.ts';
import { isBound } from '../../router/pick/registry.ts';
import { benchmarkCommand } from '../suites/io/benchmark-command.ts';
import { answerOf } from './answer.ts';
import { keptRuns } from './io/kept-runs.ts';
import { readStudy } from './io/read-study.ts';
import { CONTENDERS, policySentence, policyTable, SUMMARY_HEAD, seedsOf, summaryRow } from './policy-tables.ts';
import { policiesSectionOf, questionOf, sectionOf, withRow, withSection } from './section.ts';
import { rowNameOf, type ScenarioStudy } from './study.ts';
import { type StudyRow, studyTable } from './study-table.ts';

/*
 * Simulates what the studies of scenarios ask, and writes the tables of scenarios/README.md and scenarios/policies.md:
 * `npm run bench:scenarios`, or of one study `npm run bench:scenarios -- multi-provider`; `--seeds 3` for a look that is not written, and
 * `--seeds 3 --write` for one that is. What was simulated of a commit is kept, so that an interrupted command goes on where it was.
 */

const STUDIES = 'scenarios/studies';
const README = 'scenarios/README.md';
const POLICIES = 'scenarios/policies.md';

const commit = commitOf([README, POLICIES]);

/** Rows of runs, one after another: each of them uses every core. */
const rowsOf = async (
  file: string,
  runs: readonly {
    readonly name: string;
    readonly policy: string;
    readonly set: readonly string[];
    readonly seeds: number;
  }[],
): Promise<readonly StudyRow[]> => {
  const rows: StudyRow[] = [];
  for (const { name, policy, set, seeds } of runs) {
    const beganMs = Date.now();
    rows.push({ name, runs: await keptRuns(file, { policy, set, seeds }, commit) });
    const tookS = ((Date.now() - beganMs) / 1000).toFixed(1);
    process.stderr.write(`${file} ${name}: ${seeds} seeds, ${tookS} s\n`);
  }
  return rows;
};

const policyRowsOf = async (study: ScenarioStudy, seeds: number): Promise<readonly StudyRow[]> => {
  const { names = CONTENDERS, set = [] } = study.policies ?? {};
  const runs = names
    .filter((policy) => bound || !isBound(policy))
    .map((policy) => ({ name: policy, policy, set, seeds: seedsOf(policy, seeds) }));
  return await rowsOf(join('scenarios', study.scenario), runs);
};

const all = readdirSync(STUDIES)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.replace(/\.yaml$/, ''));

const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 2 || value > 1000)
    throw new InvalidArgumentError('Expected a whole number from 2 to 1000.');
  return value;
};

const command = benchmarkCommand('scenarios')
  .argument('[studies...]', `which of ${all.join(', ')}: default all`)
  .option('-n, --seeds <n>', 'other than the study has: prints, and writes nothing without --write', whole)
  .option('--write', 'writes the tables whatever the seeds', false)
  .option('--rows-only', 'leaves out the tables of all policies, and writes nothing without --write', false)
  .option('--no-bound', 'leaves out clairvoyant, which takes as long as all other policies together')
  .parse();
const { seeds, write, rowsOnly, bound } = command.opts<{
  seeds?: number;
  write: boolean;
  rowsOnly: boolean;
  bound: boolean;
}>();
const isWritten = write || (seeds === undefined && !rowsOnly);

const rewrite = (file: string, change: (text: string) => string): void => {
  if (isWritten) writeFileSync(file, change(readFileSync(file, 'utf8')));
};

const runStudy = async (name: string, asked: ScenarioStudy): Promise<void> => {
  const study = { ...asked, seeds: seeds ?? asked.seeds };
  const runs = study.runs.map((run) => ({ ...run, name: rowNameOf(run), seeds: study.seeds }));
  const rows = await rowsOf(join('scenarios', study.scenario), runs);
  const table = studyTable(rows, study.columns);
  const answer = answerOf(study, rows);
  const answers = answer === null ? [] : [answer];
  process.stdout.write(`${name}\n${[...answers, ...table].join('\n')}\n\n`);
  if (study.policies !== undefined && !rowsOnly) {
    const scenario = study.scenario.replace(/\.yaml$/, '');
    const ofPolicies = seeds ?? study.policies.seeds ?? study.seeds;
    const policyRows = await policyRowsOf(study, ofPolicies);
    answers.push(policySentence(policyRows));
    const section = { why: study.policies.why ?? null, table: policyTable(policyRows), seeds: ofPolicies, commit };
    process.stdout.write(`${[answers.at(-1)!, '', ...section.table].join('\n')}\n\n`);
    rewrite(POLICIES, (text) => withSection(text, scenario, policiesSectionOf(scenario, section)));
    rewrite(README, (text) => withRow(text, SUMMARY_HEAD, summaryRow(scenario, policyRows)));
  }
  const question = questionOf(readFileSync(join('scenarios', study.scenario), 'utf8'));
  const section = sectionOf(name, study, { question, answers, table, commit });
  rewrite(README, (text) => withSection(text, name, section));
};

try {
  const names = command.args.length === 0 ? all : command.args;
  for (const name of names)
    if (!all.includes(name)) throw new ConfigError('', `there is no study "${name}"; ${suggestion(name, all)}`);
  const studies = names.map((name) => [name, readStudy(join(STUDIES, `${name}.yaml`))] as const);
  for (const [name, study] of studies) await runStudy(name, study);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`scenarios: ${error.message}\n`);
  process.exitCode = EXIT.wrongInput;
}
