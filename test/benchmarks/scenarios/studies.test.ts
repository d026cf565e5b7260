import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { answerOf } from '../../../benchmarks/scenarios/answer.ts';
import { columnOf } from '../../../benchmarks/scenarios/column.ts';
import {
  policySentence,
  policyTable,
  SUMMARY_HEAD,
  seedsOf,
  summaryRow,
} from '../../../benchmarks/scenarios/policy-tables.ts';
import { sectionOf, withRow, withSection } from '../../../benchmarks/scenarios/section.ts';
import { rowNameOf, type ScenarioStudy, studySchema } from '../../../benchmarks/scenarios/study.ts';
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

  test('answers with rows that it has, and is of policies once a scenario', () => {
    const { scenario, runs, answer, policies } = studyIn(name);
    const names = runs.map(rowNameOf);
    expect(new Set(names).size).toBe(names.length);
    for (const { row, against = names[0]! } of answer) expect(names).toEqual(expect.arrayContaining([row, against]));
    expect(policies !== undefined).toBe(scenario === name);
  });

  test('has its section in the README, with a row for each of its runs', () => {
    const { runs } = studyIn(name);
    const readme = readFileSync('scenarios/README.md', 'utf8');
    const [, section = ''] = readme.split(`<!-- study ${name.replace('.yaml', '')} -->`);
    for (const run of runs) expect(section).toContain(`| ${rowNameOf(run)}`);
  });
});

test('a column is of a run, or of a group of its requests, and nothing else', () => {
  const group = (p99: number) => ({ ttftMs: { p99 }, share: 0.25 });
  const figures = { by: { region: { lagos: group(300) }, medium: {} } } as unknown as RunResult['figures'];
  expect(columnOf('ttft.p99 of region lagos')!.of(figures)).toBe(300);
  expect(columnOf('ttft.p99 of region london')!.of(figures)).toBe(null);
  expect(columnOf('share of medium laser')!.of(figures)).toBe(0);
  expect(['ttft.p42', 'ttft.p99 of moon x', 'toString', 'toString of region x'].map(columnOf)).toEqual([
    null,
    null,
    null,
    null,
  ]);
});

/** What a table reads of a run. */
const run = (seed: number, p99: number | null, valid = true): RunResult =>
  ({
    key: { seed },
    valid,
    figures: {
      ...{ requests: 10, answered: 10, attainment: 0.9, energy: null, itlMs: null, by: {} },
      ttftMs: { p50: p99, p99 },
      e2eMs: { p99: p99 === null ? null : 1000 - p99 },
    },
  }) as unknown as RunResult;
const row = (name: string, ...runs: readonly RunResult[]): StudyRow => ({ name, runs });

describe('a table of a study', () => {
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

  test('comes in the order of names', () => {
    const two = withSection(withSection('# x\n', 'b', ['2']), 'a', ['1']);
    expect(two).toBe('# x\n\n<!-- study a -->\n1\n<!-- end of a -->\n\n<!-- study b -->\n2\n<!-- end of b -->\n');
  });

  test('begins with the question of the scenario and its answer, and names its seeds and commit', () => {
    const study = studyIn('atlantic.yaml');
    const of = { question: ['A.', 'Why?'], answers: ['So.'], table: ['| t |'], commit: 'abc' };
    const lines = sectionOf('atlantic', study, of);
    expect(lines.slice(0, 7)).toEqual(['## atlantic', '', '> A.', '> Why?', '', 'So.', '']);
    expect(lines).toContain('| t |');
    expect(lines.at(-1)).toMatch(/^10 seeds .*\); commit abc\.$/);
    expect(sectionOf('atlantic', { ...study, seeds: 3 }, of).at(-1)).toContain('too few for a verdict');
    expect(sectionOf('atlantic-other', study, of)[0]).toBe('### atlantic-other');
  });
});

describe('a row of the table of all scenarios', () => {
  test('takes the place of the one of the same scenario, and is in the order of names', () => {
    const head = ['| a | b |', '| - | - |'];
    const once = withRow('# x\n', head, '| m | 1 |');
    expect(once).toBe('# x\n\n| a | b |\n| - | - |\n| m | 1 |\n');
    const more = withRow(withRow(`${once}\nrest\n`, head, '| c | 2 |'), head, '| m | 3 |');
    expect(more).toBe('# x\n\n| a | b |\n| - | - |\n| c | 2 |\n| m | 3 |\n\nrest\n');
  });

  test('has the best other policy that is valid, each metric by itself, and the bound apart', () => {
    const rows = [
      row('wrong', run(1, 1, false), run(2, 1)),
      row('slow', run(1, 200), run(2, 220)),
      row('fast', run(1, 100), run(2, 120)),
      row('ephemeris', run(1, 90), run(2, 108)),
      row('clairvoyant', run(1, 50), run(2, 50)),
    ];
    expect(['random', 'clairvoyant'].map((name) => seedsOf(name, 10))).toEqual([10, 3]);
    const cells = summaryRow('x', rows).split(' | ');
    expect(cells).toHaveLength(SUMMARY_HEAD[0]!.split(' | ').length);
    expect(cells.slice(1, 6)).toEqual(['2', 'fast 110 ± 127 ms', '99 ± 114 ms', '-10.0 ± 0.0 %', '50 ± 0 ms']);
    expect(cells[6]).toMatch(/^slow /);
    expect(policyTable(rows).map((line) => line.split(' | ')[0])).toEqual([
      ...[
        '| ',
        '| ---',
        '| wrong (1 of 2 runs not valid)',
        '| ephemeris',
        '| fast',
        '| slow',
        '| _clairvoyant_, 2 seeds',
      ],
    ]);
    expect(policySentence(rows)).toMatch(
      /^Of 4 policies: TTFT p99 of `ephemeris` is below that of `fast`, the best other \(99 ± 114 ms against 110 ± 127 ms: -10\.0 ± 0\.0 %\); /,
    );
  });
});

describe('an answer', () => {
  const study = (...answer: readonly object[]): ScenarioStudy =>
    ({ ...studyIn('atlantic.yaml'), answer }) as ScenarioStudy;
  const rows = [
    row('fibre', run(1, 100), run(2, 200)),
    row('lasers', run(1, 50), run(2, 100)),
    row('both', run(1, 90), run(2, 230)),
    row('cut off', run(1, 10, false), run(2, 10)),
  ];
  const answer = (...by: readonly object[]): string | null => answerOf(study(...by), rows);

  test('says less or more where the interval leaves out 0, and no difference where it does not', () => {
    expect(answer({ row: 'lasers', by: ['ttft.p99'] }, { row: 'both', by: ['ttft.p99'] })).toBe(
      'TTFT p99 is 50.0 ± 0.0 % less with **lasers** than with **fibre** (75 against 150 ms); ' +
        'TTFT p99 shows no difference between **both** and **fibre** (160 against 150 ms: +2.5 ± 158.8 %).',
    );
    expect(answer({ row: 'fibre', against: 'lasers', by: ['ttft.p99'] })).toContain(
      '100.0 ± 0.0 % more with **fibre**',
    );
  });

  test('compares nothing with runs that are not valid, and no figures that are not there', () => {
    expect(answer({ row: 'cut off', by: ['ttft.p99'] })).toContain('is not to be compared');
    expect(answer({ row: 'lasers', by: ['joules'] })).toBe('J a token of **lasers** and **fibre** has no figure.');
    expect(answer()).toBe(null);
  });
});
