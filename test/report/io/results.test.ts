import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { csvCells } from '../../../core/text/csv-cells.ts';
import { openResults, type Results } from '../../../report/io/results.ts';
import type { Summary } from '../../../report/summary-schema.ts';
import { readScenario } from '../../../scenario/io/scenario-file.ts';
import { resolvedScenario } from '../../../scenario/resolved-scenario.ts';
import { ended, generatorEvent, requestEvents, runEvent } from '../logged-run.ts';

const resolved = resolvedScenario(readScenario('test/scenarios/pair.yaml'));

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const emitRun = ({ emit }: Results): void =>
  [runEvent({ requests: 1 }), ...requestEvents(0, 2000), generatorEvent(), ended()].forEach(emit);
const report = (results: Results): Promise<Summary> => results.report({ asJson: true, isStopped: false, next: [] });
const at = (name: string): string => join(folder, name);

describe('the results of a command', () => {
  test('are a summary, the log and the scenario that was run', async () => {
    const results = openResults(folder, resolved);
    emitRun(results);
    const summary = await report(results);
    expect(summary.valid).toBe(true);
    expect(readdirSync(folder).sort()).toEqual([
      'charts.json',
      'events.jsonl',
      'report.html',
      'requests.csv',
      'scenario.resolved.yaml',
      'summary.json',
    ]);
    const [head, line, end] = readFileSync(at('requests.csv'), 'utf8').split('\r\n');
    expect(csvCells(line!)[csvCells(head!).indexOf('outcome')]).toBe('answered');
    expect(end).toBe('');
    expect(JSON.parse(readFileSync(at('summary.json'), 'utf8'))).toEqual(summary);
    expect(resolvedScenario(readScenario(at('scenario.resolved.yaml'))).hash).toBe(resolved.hash);
  });

  test('remove an older summary when a run begins, so a failed run has none beside its log', async () => {
    const first = openResults(folder, resolved);
    emitRun(first);
    await report(first);
    writeFileSync(at('scenario.resolved.yaml'), 'old');
    openResults(folder, resolved);
    expect(['summary.json', 'charts.json', 'report.html'].filter((name) => existsSync(at(name)))).toEqual([]);
    expect(readFileSync(at('events.jsonl'), 'utf8')).toBe('');
    expect(readFileSync(at('scenario.resolved.yaml'), 'utf8')).toBe(resolved.yaml);
  });

  test('bring the traces of their scenario along', () => {
    openResults(folder, { ...resolved, files: { 'trace-1.mahi': '1\n' } });
    expect(readFileSync(at('trace-1.mahi'), 'utf8')).toBe('1\n');
  });

  test('are not valid where a line of the log cannot be read', async () => {
    const results = openResults(folder, resolved);
    emitRun(results);
    writeFileSync(at('events.jsonl'), `${'\n'.repeat(100_000)}{"kind":"sent","at\n`); // the log is written over its head
    expect((await report(results)).runs[0]!.invalidBecause).toEqual(['1 lines of the log cannot be read']);
  });

  test('belong to the later of two commands that write to one folder', async () => {
    const [first, second] = [openResults(folder, resolved), openResults(folder, resolved)];
    emitRun(first);
    emitRun(second);
    await expect(report(first)).rejects.toThrow('another run writes its results to');
    expect((await report(second)).valid).toBe(true);
  });
});
