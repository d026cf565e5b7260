import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RunFolder } from '../../../../core/process/io/run-folder.ts';

const RECORDING = { id: 'run-1', fromUnixMs: 1000, untilUnixMs: 9000, isOver: false };

describe('the folder that the parts of a topology share', () => {
  let path = '';
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'starlane-test-'));
  });
  afterEach(() => rmSync(path, { recursive: true, force: true }));

  test('keeps the token of the router for its own user alone', () => {
    const folder = new RunFolder(path);
    expect(folder.adminToken('router')).toBeNull();
    folder.keepAdminToken('router', 'secret');
    folder.keepAdminToken('router-europe', 'another');
    expect(new RunFolder(path).adminToken('router')).toBe('secret');
    expect(statSync(join(path, 'router.admin.json')).mode & 0o777).toBe(0o600);
  });

  test('is empty before anybody has written to it', () => {
    const folder = new RunFolder(path);
    expect([folder.startUnixMs(), folder.recording()]).toEqual([null, null]);
  });

  test('shows every part what one of them wrote, the latest of each', () => {
    const [load, node] = [new RunFolder(path), new RunFolder(path)];
    load.beginAt(1234.5);
    load.record(RECORDING);
    expect([node.startUnixMs(), node.recording()]).toEqual([1234.5, RECORDING]);
    load.record({ ...RECORDING, isOver: true });
    expect(node.recording()).toEqual({ ...RECORDING, isOver: true });
  });

  test('has a folder for the logs of a run before the run is announced', () => {
    const folder = new RunFolder(path);
    folder.record(RECORDING);
    expect(statSync(folder.logsOf('run-1')).isDirectory()).toBe(true);
  });

  test('never shows half of what is being written', () => {
    const folder = new RunFolder(path);
    folder.beginAt(1);
    writeFileSync(join(path, 'clock.json.another.new'), '{"startUn'); // what a process that was killed left
    expect(folder.startUnixMs()).toBe(1);
    folder.beginAt(2);
    expect(folder.startUnixMs()).toBe(2);
    expect(readdirSync(path)).toEqual(['clock.json', 'clock.json.another.new']);
  });
});
