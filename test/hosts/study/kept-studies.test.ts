import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { KeptStudies } from '../../../hosts/study/io/kept-studies.ts';
import { type Study, simulatedStudy } from '../../../hosts/study/io/simulated-study.ts';
import { readScenario } from '../../../scenario/io/scenario-file.ts';
import type { Overrides } from '../../../scenario/scenario.ts';

const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const withOverrides = (overrides: Overrides): Study => ({
  scenario: readScenario('test/scenarios/pair.yaml', overrides),
  overrides,
  policies: ['random', 'peak-ewma'],
  repeat: 2,
});
const study = withOverrides({ durationS: 40, set: ['load.ratePerS=0.5'] });
const signal = new AbortController().signal;
const options = { workers: 1, workerModule: '', commit: 'abc', signal, onShare: () => {} };

test('a study that is done is found by all that it depends on, and by nothing else', async () => {
  const summary = (await simulatedStudy(study, options))!;
  expect(summary.runs.map(({ key }) => [key.repetition, key.variant])).toEqual([
    [1, 'random'],
    [1, 'peak-ewma'],
    [2, 'random'],
    [2, 'peak-ewma'],
  ]);
  const kept = new KeptStudies(folder, 'abc');
  expect(kept.load(study)).toBeNull();
  kept.save(study, summary);
  expect(kept.load(study)).toEqual(summary);
  expect(kept.load(withOverrides({ durationS: 40, ratePerS: 0.5 }))).toEqual(summary); // the same in other words
  const others = [
    { ...study, repeat: 3 },
    { ...study, policies: ['random'] },
    withOverrides({ ...study.overrides, seed: 5 }),
  ];
  for (const other of others) expect(kept.load(other)).toBeNull();
  expect(new KeptStudies(folder, 'def').load(study)).toBeNull();
});

test('a study with a bound has the regret of the others, under each seed', async () => {
  const { runs } = (await simulatedStudy({ ...study, policies: ['random', 'floor'] }, options))!;
  expect(
    runs.map(({ key, figures }) => [key.variant, Object.keys(figures.regret), Object.keys(figures.regretE2e)]),
  ).toEqual([
    ['random', ['floor'], ['floor']],
    ['floor', [], []],
    ['random', ['floor'], ['floor']],
    ['floor', [], []],
  ]);
  expect(runs[0]!.figures.regret.floor!.mean).toBeGreaterThan(0);
});

test('of code that nobody can name nothing is taken, and what is broken is simulated again', () => {
  expect(new KeptStudies(folder, null).canResume).toBe(false);
  expect(new KeptStudies(folder, null).load(study)).toBeNull();
  expect(new KeptStudies(folder).canResume).toBe(true); // the sources name themselves, whether committed or not
  const [file] = readdirSync(join(folder, 'studies'));
  writeFileSync(join(folder, 'studies', file!), '{"schema": 3');
  expect(new KeptStudies(folder, 'abc').load(study)).toBeNull();
});
