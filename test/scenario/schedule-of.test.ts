import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runPlan } from '../../hosts/run-plan.ts';
import { readScenario } from '../../scenario/io/scenario-file.ts';
import { traceOf } from '../../scenario/io/trace-of.ts';
import { scheduleOf } from '../../scenario/schedule-of.ts';

const folder = mkdtempSync(join(tmpdir(), 'starlane-schedule-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, 'x.yaml');
const withTrace = (load: string) =>
  writeFileSync(file, readFileSync('test/scenarios/pair.yaml', 'utf8').replace('load: { ', `load: { ${load}`));
const CSV =
  'TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.0,10,4\n2023-11-16 18:15:47.0,20,5\n2023-11-16 18:15:49.0,30,6\n';

describe('the schedule of a scenario', () => {
  test('is the same for each part that reads the file, and for who plans the run', () => {
    withTrace('arrivals: poisson, ');
    const overrides = { seed: 11, durationS: 20, ratePerS: 7 };
    const { schedule } = runPlan({ file, policies: [], overrides, simulated: false });
    const part = readScenario(file, overrides);
    expect(scheduleOf(part, traceOf(part))).toEqual(schedule);
    expect(schedule.length).toBeGreaterThan(50);
    const other = readScenario(file, { ...overrides, seed: 12 });
    expect(scheduleOf(other, traceOf(other))).not.toEqual(schedule);
  });

  test('takes its lengths from the trace beside the scenario, whose text is part of the hash', () => {
    withTrace('trace: mine.csv, ');
    const read = (csv: string) => {
      writeFileSync(join(folder, 'mine.csv'), csv);
      const scenario = readScenario(file);
      return { hash: scenario.hash, schedule: scheduleOf(scenario, traceOf(scenario)) };
    };
    const first = read(CSV);
    expect(new Set(first.schedule.map(({ promptTokens }) => promptTokens))).toEqual(new Set([10, 20, 30]));
    expect(read(CSV)).toEqual(first);
    const second = read(CSV.replace(',30,', ',31,'));
    expect(second.hash).not.toBe(first.hash);
    expect(second.schedule).not.toEqual(first.schedule);
  });

  test.each([
    [
      '"a%ZZ"',
      /x\.yaml:26:16: load\.trace is "a%ZZ", expected azure-llm-2023-conversation, or a path that ends in \.csv, \.jsonl or \.json$/,
    ],
    ['../traces/azure-llm-2023-conversation', /x\.yaml:26:16: load\.trace is "\.\.\/traces/],
    ['none.csv', /x\.yaml:26:16: load\.trace names a file: .*none\.csv does not exist, expected a trace$/],
    ['"a\\0.csv"', /x\.yaml:26:16: load\.trace names a file: .* cannot be read/],
  ])('is refused for a trace %s, with the place that names it', (trace, message) => {
    withTrace(`trace: ${trace}, `);
    expect(() => readScenario(file)).toThrow(message);
  });
});
