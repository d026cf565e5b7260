import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readStudy } from '../../../benchmarks/scenarios/io/read-study.ts';

const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TEXT = readFileSync('scenarios/studies/fibre-cut.yaml', 'utf8');
const file = join(folder, 'study.yaml');
const read = (change: (text: string) => string) => () => {
  writeFileSync(file, change(TEXT));
  return readStudy(file);
};

describe('a study', () => {
  test('is read with all that it says', () => {
    expect(read((text) => text)()).toMatchObject({ scenario: 'fibre-cut.yaml', seeds: 10, policies: { set: [] } });
  });

  test.each([
    ["row: 'ephemeris, a break', by", 'row: nope, by', 'answer[0].row is "nope", which is no row'],
    ["against: 'peak-ewma, no break'", 'against: nope', 'answer[1].against is "nope", which is no row'],
    ['policy: round-robin', 'policy: round-robn', 'runs[6].policy is wrong: has "round-robn", which is no policy'],
    ['scenario: fibre-cut', 'scenario: fibre-cutt', 'scenario is wrong: scenarios/fibre-cutt.yaml does not exist'],
    ['fibre.cuts=[]', 'fibre.cutz=[]', 'runs[0].set is wrong: --set paths.mumbai/frankfurt.fibre.cutz=[]'],
    ["'peak-ewma, a break' }", "'peak-ewma, no break' }", 'runs[5] is a second row "peak-ewma, no break"'],
    ['policies: {}', 'policies: { names: [gogo] }', 'policies.names[0] is wrong: has "gogo", which is no policy'],
    ['policies: {}', "policies: { set: ['load.ratePerS=-1'] }", 'policies.set is wrong: --set load.ratePerS=-1'],
    ['ttft.p50,', 'share of medium lasers,', 'columns[1] has medium "lasers", which is none; did you mean "laser"?'],
    ['ttft.p50,', 'ttft.p50 of region mumbay,', 'columns[1] has region "mumbay", which is none'],
    ['[ttft.p99, stalled]', "['attained of class jobs']", 'answer[0].by[0] has class "jobs", which is none'],
  ])('with %s as %s is refused before anything is simulated', (from, to, line) => {
    expect(TEXT).toContain(from);
    expect(read((text) => text.replace(from, to))).toThrow(line);
  });
});
