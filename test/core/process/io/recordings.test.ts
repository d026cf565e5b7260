import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readEvents } from '../../../../core/event/io/event-reader.ts';
import { RunLog } from '../../../../core/event/io/run-log.ts';
import { followRecordings } from '../../../../core/process/io/recordings.ts';
import { RunFolder } from '../../../../core/process/io/run-folder.ts';

let path = '';
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'starlane-test-'));
});
afterEach(() => rmSync(path, { recursive: true }));

const START = 1_700_000_000_000;

/** A part whose wall clock may be `stepMs` off its steady one. */
const part = (steadyStartMs = START) => {
  const folder = new RunFolder(path);
  const log = new RunLog('node-a');
  const clocks = { steadyMs: steadyStartMs + 5000, stepMs: START - steadyStartMs };
  const told: string[] = [];
  const follow = followRecordings({
    folder,
    log,
    part: 'node-a',
    startUnixMs: START,
    steadyStartMs,
    service: {
      recordingBegan: (nowMs, startsAtMs) => told.push(`began at ${nowMs} for ${startsAtMs}`),
      recordingEnds: (nowMs) => told.push(`ended at ${nowMs}`),
    },
    wallUnixMs: () => clocks.steadyMs + clocks.stepMs,
    steadyMs: () => clocks.steadyMs,
  });
  const record = (untilUnixMs: number, isOver = false) =>
    folder.record({ id: 'run-1', fromUnixMs: START + 6000, untilUnixMs, isOver });
  return { follow, record, clocks, told, events: () => readEvents(join(path, 'run-1', 'node-a.jsonl')) };
};

test('a step of the wall clock during a run moves no instant of the log, and ends no current recording', () => {
  const { follow, record, clocks, told, events } = part();
  record(START + 11_000);
  follow();
  clocks.steadyMs += 2000;
  clocks.stepMs = 3_600_000;
  record(START + 3_600_000 + 13_000); // the load renews its lease by the wall clock
  follow();
  clocks.steadyMs += 1000;
  record(START + 3_600_000 + 13_000, true);
  follow();
  expect(told).toEqual(['began at 5000 for 6000', 'ended at 8000']);
  expect(events().map(({ kind, atMs }) => [kind, atMs])).toEqual([
    ['log', -1000],
    ['log', 2000],
  ]);
});

test('a part whose clock was set since it started logs that its instants do not agree with others', () => {
  const { follow, record, clocks, events } = part();
  clocks.stepMs = -250;
  record(START + 11_000);
  follow();
  record(START + 11_000, true);
  follow();
  expect(events().slice(0, 2)).toMatchObject([
    { kind: 'log' },
    { kind: 'fault', part: 'node-a', reason: expect.stringContaining('is -250 ms off') },
  ]);
});

test('a wall clock that was set before the run began does no harm: the part knows of it', () => {
  const { follow, record, events } = part(START + 700);
  record(START + 11_000);
  follow();
  record(START + 11_000, true);
  follow();
  expect(events().map(({ kind, atMs }) => [kind, atMs])).toEqual([
    ['log', -1000],
    ['log', -1000],
  ]);
});
