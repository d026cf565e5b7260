import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { questionOf } from '../../benchmarks/scenarios/section.ts';
import { readScenario } from '../../scenario/io/scenario-file.ts';

const SCENARIOS = readdirSync('scenarios').filter((name) => name.endsWith('.yaml'));
const STUDIES = readdirSync('scenarios/studies');

describe.each(SCENARIOS)('the scenario %s', (name) => {
  test('begins with three lines, of which the last asks its one question', () => {
    const lines = questionOf(readFileSync(`scenarios/${name}`, 'utf8'));
    expect(lines).toHaveLength(3);
    expect(lines.map((line) => line.split('?').length - 1)).toEqual([0, 0, 1]);
    expect(lines[2]).toMatch(/\?$/);
  });

  test('is named as its file', () => {
    expect(`${readScenario(`scenarios/${name}`).name}.yaml`).toBe(name);
  });

  // Ten seeds of sixteen policies on the planet are 200 million requests.
  test.runIf(name !== 'planet.yaml')('has a study that answers it', () => {
    expect(STUDIES).toContain(name);
  });

  test('lets every request come to its end: an outage at the end of a shorter run leaves none open', () => {
    const { drainS, load } = readScenario(`scenarios/${name}`);
    expect(drainS).toBeGreaterThanOrEqual(load.deadlineS);
  });

  test('is in the list of the README', () => {
    expect(readFileSync('scenarios/README.md', 'utf8')).toContain(`| \`${name}\` |`);
  });
});
