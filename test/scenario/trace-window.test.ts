import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { planOf } from '../../hosts/run-plan.ts';
import { composeFile } from '../../scenario/deployment/compose-file.ts';
import { readScenario } from '../../scenario/io/scenario-file.ts';
import { traceOf } from '../../scenario/io/trace-of.ts';
import { resolvedScenario } from '../../scenario/resolved-scenario.ts';
import { type Overrides, parseScenario, type Scenario } from '../../scenario/scenario.ts';
import { scheduleOf } from '../../scenario/schedule-of.ts';

const scenarioText = (load: string): string => `schema: 1
name: windowed
durationS: 10
sites:
  a: { latDeg: 50, lonDeg: 8 }
  b: { latDeg: 51, lonDeg: 0 }
router: { site: a }
clients: { u: { site: b, access: { kind: fibre } } }
nodes: { n: { site: b, media: [fibre], profile: h100-llama8b } }
load: { maxOutputTokens: 100, ${load} }
`;

const BURST = 'Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n';
const rows = (count: number): string =>
  Array.from({ length: count }, (_, row) => `${row / 2},ChatGPT,${row + 1},${row % 7},0,API log\n`).join('');

describe('a window of a trace beside a scenario', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'starlane-window-'));
    writeFileSync(join(folder, 'burst.csv'), BURST + rows(1000));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const read = (load: string, overrides: Overrides = {}): Scenario => {
    writeFileSync(join(folder, 'x.yaml'), scenarioText(load));
    return readScenario(join(folder, 'x.yaml'), overrides);
  };
  const WINDOW = 'trace: { file: burst.csv, fromS: 100, durationS: 50 }';

  test('is all that the scenario knows of the trace, and all that counts in its hash', () => {
    const once = read(`ratePerS: 4, ${WINDOW}`);
    expect([...traceOf(once).promptTokens].slice(0, 4)).toEqual([201, 202, 203, 205]);
    expect(traceOf(once).promptTokens).toHaveLength(86);
    writeFileSync(join(folder, 'burst.csv'), BURST + rows(2000));
    expect(read(`ratePerS: 4, ${WINDOW}`).hash).toBe(once.hash);
    writeFileSync(join(folder, 'burst.csv'), BURST + rows(2000).replace('110,ChatGPT,221,3', '110,ChatGPT,222,3'));
    expect(read(`ratePerS: 4, ${WINDOW}`).hash).not.toBe(once.hash);
  });

  test.each([`ratePerS: 4, ${WINDOW}`, WINDOW, 'trace: { file: burst.csv, timeScale: 0.25 }', 'trace: burst.csv'])(
    'of "%s" is written beside the result, and gives the same schedule and hash there',
    (load) => {
      const scenario = read(load);
      const resolved = resolvedScenario(scenario);
      expect(Object.keys(resolved.files)).toEqual(['trace-1.csv']);
      const again = parseScenario(resolved.yaml, 'scenario.resolved.yaml', {}, (name) => resolved.files[name]!);
      expect(resolvedScenario(again)).toEqual(resolved);
      expect(scheduleOf(again, traceOf(again))).toEqual(scheduleOf(scenario, traceOf(scenario)));
    },
  );

  test('without a rate is played at its own times, from its first row, whatever the seed', () => {
    const scenario = read('trace: { file: burst.csv, fromS: 100, timeScale: 0.5 }');
    const times = scheduleOf(scenario, traceOf(scenario)).map(({ atMs }) => atMs);
    expect(times.slice(0, 4)).toEqual([0, 250, 500, 1000]); // the fourth row has no answer
    expect(scenario.load.ratePerS).toBe(times.length / 10);
    const other = read('trace: { file: burst.csv, fromS: 100, timeScale: 0.5 }', { seed: 9 });
    expect(scheduleOf(other, traceOf(other)).map(({ atMs }) => atMs)).toEqual(times);
  });

  test('at a rate of the command line is scaled to it', () => {
    const scenario = read('trace: { file: burst.csv, fromS: 100, timeScale: 0.5 }', { ratePerS: 7 });
    expect(scheduleOf(scenario, traceOf(scenario))).toHaveLength(70);
    expect(resolvedScenario(scenario).yaml).toMatch(/ratePerS: 7/);
  });

  test('says in each run what was left out', () => {
    const scenario = read(`ratePerS: 4, ${WINDOW}`);
    const { runEvent } = planOf(scenario, { overrides: {}, commit: null, repetition: 1 });
    expect(runEvent('random', { host: 'simulate', shaper: 'none' }).remarks).toEqual([
      '14 of 100 rows of the trace have no prompt or no answer, and are left out',
    ]);
  });

  test('says in each run that a trace at its own times was too short for it', () => {
    const scenario = read('trace: { file: burst.csv, fromS: 100, durationS: 4 }');
    const { runEvent } = planOf(scenario, { overrides: {}, commit: null, repetition: 1 });
    expect(runEvent('random', { host: 'simulate', shaper: 'none' }).remarks).toContain(
      'the trace has 7 requests, and is played 2.4 times',
    );
  });

  test('of a bundled trace needs no file, neither here nor in a container', () => {
    const bundled = read('ratePerS: 4, trace: { file: azure-llm-2023-conversation, fromS: 600, durationS: 60 }');
    const { length } = traceOf(bundled).promptTokens;
    expect(length).toBeGreaterThan(100);
    expect(length).toBeLessThan(1000);
    const paths = { scenario: './x.yaml', root: '.', results: './results', resultsShown: 'results' };
    expect(composeFile(bundled, paths)).not.toMatch(/file-1/);
    expect(composeFile(read(`ratePerS: 4, ${WINDOW}`), paths)).toMatch(/file-1: \{ file: ".\/burst.csv" \}/);
    expect(read('arrivals: poisson').load.ratePerS).toBeGreaterThan(1);
  });

  test.each([
    ['ratePerS: 4, trace: { file: none.csv }', /x\.yaml:10:51: load\.trace names a file: .*none\.csv does not exist/],
    ['ratePerS: 4, trace: { file: burst.csv, fromS: 900 }', /load\.trace names a file: burst\.csv has no request/],
    [
      'ratePerS: 4, trace: { file: burst.csv, format: mooncake }',
      /burst\.csv:1:1: is "Timestamp.*expected a JSON object/,
    ],
    [
      'ratePerS: 4, trace: { file: burst.csv, format: burst }',
      /load\.trace\.format is "burst", expected one of azure, burstgpt/,
    ],
    ['ratePerS: 4, trace: { file: burst.csv, timeScale: 2 }', /timeScale is 2, but load\.ratePerS is 4; expected one/],
    ['ratePerS: 4, trace: { from: burst.csv }', /load\.trace\.(from|file)/],
  ])('%s is refused with its place', (load, message) => {
    expect(() => read(load)).toThrow(message);
  });
});

test('the text of a bundled trace is not part of a scenario that takes it as a whole', () => {
  const text = readFileSync('scenarios/atlantic.yaml', 'utf8');
  expect(parseScenario(text, 'atlantic.yaml').files).toEqual({});
});
