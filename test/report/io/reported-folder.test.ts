import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventLine } from '../../../core/event/event-line.ts';
import { reportedFolder } from '../../../report/io/reported-folder.ts';
import { readScenario } from '../../../scenario/io/scenario-file.ts';
import { resolvedScenario } from '../../../scenario/resolved-scenario.ts';
import { reported } from '../html/reported.ts';
import { ended, requestEvents, runEvent } from '../logged-run.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string): void => {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), text);
};
const { summary, charts } = reported([{ policy: 'a', ttftMs: (request) => 50 + request / 10 }]);
const log = [runEvent({ requests: 1 }), ...requestEvents(0, 2000), ended()].map(eventLine).join('');

describe('a folder of results', () => {
  test('is read from what was written for reports, without its log', async () => {
    write('summary.json', JSON.stringify(summary));
    write('charts.json', JSON.stringify({ schema: 1, runs: charts }));
    write('scenario.resolved.yaml', resolvedScenario(readScenario('test/scenarios/pair.yaml')).yaml);
    const read = await reportedFolder(folder, 'results/mine');
    expect(read).toMatchObject({ name: 'results/mine', summary, charts });
    expect(read.scenario?.name).toBe('pair');
    expect(read.writtenAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  test('of an older version has its charts from the log, and its summary as it was written', async () => {
    write('summary.json', JSON.stringify(summary));
    write('events.jsonl', log);
    const read = await reportedFolder(folder);
    expect(read.summary).toEqual(summary);
    expect(read.charts!.map(({ timeline }) => timeline!.bins.reduce((sum, { n }) => sum + n, 0))).toEqual([1]);
  });

  test('of repetitions has the charts of all their logs, and the timeline of the first', async () => {
    write('summary.json', JSON.stringify(summary));
    for (const repetition of [1, 2, 10]) write(`repetitions/${repetition}/events.jsonl`, log);
    const read = await reportedFolder(folder);
    expect(read.charts!.map(({ timeline }) => timeline !== null)).toEqual([true, false, false]);
  });

  test('whose summary this version cannot read is summed up again from its log', async () => {
    write('summary.json', '{"schema": 1}');
    write('events.jsonl', log);
    expect((await reportedFolder(folder)).summary.runs.map(({ figures }) => figures.requests)).toEqual([1]);
    rmSync(join(folder, 'events.jsonl'));
    for (const repetition of [1, 2]) write(`repetitions/${repetition}/events.jsonl`, log);
    expect((await reportedFolder(folder)).summary.runs.map(({ figures }) => figures.requests)).toEqual([1, 1]);
  });

  test('of repetitions whose command was killed before its end is not taken for a whole one', async () => {
    for (const repetition of [1, 2]) write(`repetitions/${repetition}/events.jsonl`, log);
    const { summary: killed } = await reportedFolder(folder);
    expect(killed.runs).toHaveLength(2);
    expect(killed.valid).toBe(false);
    expect(killed.invalidBecause[0]).toBe(
      'the command was killed before it wrote its summary: repetitions may be missing',
    );
  });

  test('without charts and log has no curves, and one with a scenario of another version has no map', async () => {
    write('summary.json', JSON.stringify(summary));
    write('scenario.resolved.yaml', 'schema: 99\n');
    expect(await reportedFolder(folder)).toMatchObject({ charts: null, scenario: null });
  });

  test('that holds no results, or broken ones, is refused in one line that names the file', async () => {
    await expect(reportedFolder(folder)).rejects.toThrow(`${folder} has no summary.json, expected the folder of a run`);
    write('summary.json', '{');
    await expect(reportedFolder(folder)).rejects.toThrow(/^\S+\/summary\.json[^\n]*$/);
    write('summary.json', '{"schema": 2, "valid": 7}');
    await expect(reportedFolder(folder)).rejects.toThrow(/^\S+\/summary\.json[^\n]*valid[^\n]*$/);
  });
});
