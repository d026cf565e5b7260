import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readScenario } from '../../scenario/io/scenario-file.ts';
import { linksOf, topologyOf } from '../../scenario/topology.ts';

const CSV = 'timestamp,rtt\n0,100\n1,120\n';
const scenarioText = readFileSync('scenarios/atlantic.yaml', 'utf8').replace(
  '{ kind: starlink, pop: lagos }',
  '{ kind: trace, file: traces/lagos.csv }',
);

describe('a trace file that a scenario names', () => {
  let folder = '';
  const scenarioFile = () => join(folder, 'x.yaml');
  const writeTrace = (text: string) => writeFileSync(join(folder, 'traces', 'lagos.csv'), text);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'starlane-'));
    mkdirSync(join(folder, 'traces'));
    writeFileSync(scenarioFile(), scenarioText);
    writeTrace(CSV);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('is found beside the scenario, from any working folder, and played', () => {
    const scenario = readScenario(scenarioFile());
    expect(scenario.files).toEqual({ 'traces/lagos.csv': CSV });
    const { forward } = linksOf(topologyOf(scenario)).get('lagos/access')!;
    expect([0, 1000, 2000].map((atMs) => forward.stateAt(atMs).delayUs)).toEqual([50_000, 60_000, 50_000]);
  });

  test('counts in the hash with its content, not with its date', () => {
    const { hash } = readScenario(scenarioFile());
    writeTrace(CSV);
    expect(readScenario(scenarioFile()).hash).toBe(hash);
    writeTrace(CSV.replace('120', '121'));
    expect(readScenario(scenarioFile()).hash).not.toBe(hash);
  });

  test('is a mistake when it is absent', () => {
    rmSync(join(folder, 'traces', 'lagos.csv'));
    expect(() => readScenario(scenarioFile())).toThrow(/lagos\.csv does not exist, expected a trace/);
  });
});
