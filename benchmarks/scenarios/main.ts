import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { ConfigError } from '../../core/config/config-error.ts';
import { suggestion } from '../../core/config/nearest.ts';
import { readConfig } from '../../core/config/read-config.ts';
import { EXIT } from '../../core/process/exit-code.ts';
import { benchmarkCommand } from '../suites/io/benchmark-command.ts';
import { simulatedSummary } from './io/simulated-summary.ts';
import { questionsIn, sectionOf, withSection } from './section.ts';
import { type ScenarioStudy, type StudyRun, studySchema } from './study.ts';
import { type StudyRow, studyTable } from './study-table.ts';

/*
 * Simulates what the studies of scenarios ask, and writes the tables of scenarios/README.md: `npm run bench:scenarios`, or of one study
 * `npm run bench:scenarios -- multi-provider`; `--seeds 3` for a look that is not written.
 */

const STUDIES = 'scenarios/studies';
const README = 'scenarios/README.md';

const studyOf = (name: string): ScenarioStudy => {
  const file = join(STUDIES, `${name}.yaml`);
  return readConfig(readFileSync(file, 'utf8'), file, studySchema).value;
};

/** Runs with equal other values are of one simulation: its policies meet the same requests. */
const rowsOf = async (study: ScenarioStudy): Promise<readonly StudyRow[]> => {
  const file = join('scenarios', study.scenario);
  const groups = Map.groupBy(study.runs, ({ set }) => set.join('\n'));
  const rows = new Map<StudyRun, StudyRow>();
  for (const runs of groups.values()) {
    const folder = mkdtempSync(join(tmpdir(), 'starlane-study-'));
    try {
      const policies = runs.map(({ policy }) => policy);
      const summary = await simulatedSummary(file, { policies, set: runs[0]!.set, seeds: study.seeds }, folder);
      for (const run of runs) {
        const own = summary.runs.filter(({ key }) => key.variant === run.policy);
        rows.set(run, { name: run.as ?? run.policy, runs: own });
      }
      commit = summary.commit;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return study.runs.map((run) => rows.get(run)!);
};

let commit: string | null = null;

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
  .option('-n, --seeds <n>', 'other than the study has: prints, and writes nothing', whole)
  .parse();
const { seeds } = command.opts<{ seeds?: number }>();

try {
  for (const name of command.args.length === 0 ? all : command.args) {
    if (!all.includes(name)) throw new ConfigError('', `there is no study "${name}"; ${suggestion(name, all)}`);
    const asked = studyOf(name);
    const study = { ...asked, seeds: seeds ?? asked.seeds };
    const table = studyTable(await rowsOf(study), study.columns);
    process.stdout.write(`${name}\n${table.join('\n')}\n\n`);
    if (seeds !== undefined) continue;
    const questions = questionsIn(readFileSync(join('scenarios', study.scenario), 'utf8'));
    const section = sectionOf(study, { questions, table, commit });
    writeFileSync(README, withSection(readFileSync(README, 'utf8'), name, section));
  }
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`scenarios: ${error.message}\n`);
  process.exitCode = EXIT.wrongInput;
}
