import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { questionsIn, sectionOf, withSection } from '../../../benchmarks/scenarios/section.ts';
import { type ScenarioStudy, studySchema } from '../../../benchmarks/scenarios/study.ts';
import { type StudyRow, studyTable } from '../../../benchmarks/scenarios/study-table.ts';
import { readConfig } from '../../../core/config/read-config.ts';
import type { RunResult } from '../../../report/summary-schema.ts';
import { readScenario } from '../../../scenario/io/scenario-file.ts';
import { checkPolicy } from '../../../scenario/meant-policy.ts';

const STUDIES = readdirSync('scenarios/studies');
const studyIn = (name: string): ScenarioStudy =>
  readConfig(readFileSync(`scenarios/studies/${name}`, 'utf8'), name, studySchema).value;

describe.each(STUDIES)('the study %s', (name) => {
  test('names a scenario, values that it takes, and policies that it has', () => {
    const { scenario, runs } = studyIn(name);
    for (const { policy, set } of runs) {
      const { router } = readScenario(`scenarios/${scenario}`, { set });
      expect(() => checkPolicy(router, policy, { simulated: true })).not.toThrow();
    }
  });

  test('has its section in the README, with a row for each of its runs', () => {
    const { runs } = studyIn(name);
    const readme = readFileSync('scenarios/README.md', 'utf8');
    const [, section = ''] = readme.split(`<!-- study ${name.replace('.yaml', '')} -->`);
    for (const { policy, as = policy } of runs) expect(section).toContain(`| ${as}`);
  });
});

test.each(['multi-provider', 'compute-colony'])('%s asks three questions', (name) => {
  expect(questionsIn(readFileSync(`scenarios/${name}.yaml`, 'utf8'))).toHaveLength(3);
});

describe('a table of a study', () => {
  /** What a table reads of a run. */
  const run = (seed: number, p99: number | null, valid = true): RunResult =>
    ({ key: { seed }, valid, figures: { ttftMs: { p99 }, attainment: 0.9, energy: null } }) as unknown as RunResult;
  const row = (name: string, ...runs: readonly RunResult[]): StudyRow => ({ name, runs });

  test('has the mean of each figure with its interval, and compares seed by seed', () => {
    const lines = studyTable(
      [row('slow', run(1, 100), run(2, 200)), row('fast', run(2, 100), run(1, 50))],
      ['ttft.p99', 'attained', 'joules'],
    );
    // Two values a apart: t(0.95, 1) = 12.706, so that the half width is 12.706 a / 2.
    expect(lines[2]).toBe('| slow | 150 ± 635 | 90.0 ± 0.0 % | - | - |');
    expect(lines[3]).toBe('| fast | 75 ± 318 | 90.0 ± 0.0 % | - | -50.0 ± 0.0 % |');
  });

  test('has no figure where a run has none, and says which rows are not valid', () => {
    const lines = studyTable([row('a', run(1, 100), run(2, null, false))], ['ttft.p99']);
    expect(lines[2]).toBe('| a (1 of 2 runs not valid) | - | - |');
  });
});

describe('the section of a study', () => {
  test('takes the place of the one before, and is added where there is none', () => {
    const once = withSection('# x\n', 'one', ['a']);
    expect(once).toBe('# x\n\n<!-- study one -->\na\n<!-- end of one -->\n');
    const two = withSection(once, 'two', ['b']);
    expect(withSection(two, 'one', ['c'])).toBe(two.replace('\na\n', '\nc\n'));
  });

  test('begins with the questions of the scenario, and names its seeds and commit', () => {
    const study = studyIn('atlantic.yaml');
    const lines = sectionOf(study, { questions: ['Why?'], table: ['| t |'], commit: 'abc' });
    expect(lines.slice(0, 3)).toEqual(['## atlantic', '', '- Why?']);
    expect(lines).toContain('| t |');
    expect(lines.at(-1)).toMatch(/^10 seeds .* commit abc\.$/);
  });
});
