import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Event } from '../../../../core/event/event.ts';
import { EventFile } from '../../../../core/event/io/event-file.ts';
import { readEvents } from '../../../../core/event/io/event-reader.ts';
import { RunLog } from '../../../../core/event/io/run-log.ts';

const fault = (atMs: number, reason = 'x'): Event => ({ kind: 'fault', atMs, part: 'node', reason });
const mark = (atMs: number, state: 'opened' | 'closed', lost = 0): Event => {
  return { kind: 'log', atMs, part: 'node', state, lost };
};
/** A file of Linux that can be opened and takes not one byte. */
const FULL = '/dev/full';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the log of a part that runs longer than one run', () => {
  const logged = (): readonly Event[] => readEvents(join(folder, 'node.jsonl'));

  test('keeps what happens while a run is recorded, between two marks, and nothing else', () => {
    const log = new RunLog('node');
    log.emit(fault(1));
    log.open(folder, 0, 2);
    log.emit(fault(3));
    log.close(4);
    log.emit(fault(5));
    log.close(6);
    expect(logged()).toEqual([mark(2, 'opened'), fault(3), mark(4, 'closed')]);
  });

  test('counts time from the start of the run', () => {
    const log = new RunLog('node');
    log.open(folder, 100_000, 99_000);
    log.emit(fault(100_250.5));
    log.close(101_000);
    expect(logged().map(({ atMs }) => atMs)).toEqual([-1000, 250.5, 1000]);
  });

  test('continues in the same file after a restart, so that two openings show it', () => {
    const killed = new RunLog('node');
    killed.open(folder, 0, 1);
    killed.emit(fault(2));
    killed.breakOff();
    const restarted = new RunLog('node');
    restarted.open(folder, 0, 5);
    restarted.close(6);
    expect(logged()).toEqual([mark(1, 'opened'), fault(2), mark(5, 'opened'), mark(6, 'closed')]);
  });

  test('has no last line where its part ends before the run does, however orderly', () => {
    const log = new RunLog('node');
    log.open(folder, 0, 1);
    log.emit(fault(2));
    log.breakOff();
    log.breakOff();
    log.close(3);
    expect(log.isOpen).toBe(false);
    expect(logged()).toEqual([mark(1, 'opened'), fault(2)]);
  });

  test('reports where it records', () => {
    const log = new RunLog('node');
    expect(log.folder).toBe(null);
    log.open(folder, 0, 1);
    expect(log.folder).toBe(folder);
    log.close(2);
    expect(log.folder).toBe(null);
  });

  test('can be opened again for the next run', () => {
    const log = new RunLog('node');
    log.open(folder, 0, 1);
    log.close(2);
    expect(log.isOpen).toBe(false);
    log.open(folder, 0, 3);
    expect(log.isOpen).toBe(true);
    log.close(4);
    expect(logged()).toHaveLength(4);
  });

  test.skipIf(!existsSync(FULL))('never stops its part because the disk is full', () => {
    symlinkSync(FULL, join(folder, 'node.jsonl'));
    const log = new RunLog('node');
    log.open(folder, 0, 1);
    for (let count = 0; count < 10_000; count++) log.emit(fault(count));
    log.close(10_000);
    expect(log.isOpen).toBe(false);
    expect(log.fault?.message).toBe(`cannot write ${join(folder, 'node.jsonl')}: that disk is full`);
  });

  test('goes on without a log where there can be none, says why once, and is well again at the next run', () => {
    const told: string[] = [];
    const log = new RunLog('node', ({ message }) => told.push(message));
    const missing = join(folder, 'none');
    log.open(missing, 0, 1);
    log.emit(fault(2));
    log.close(3);
    expect(told).toEqual([`cannot write ${join(missing, 'node.jsonl')}: there is no such folder`]);
    log.open(folder, 0, 4);
    expect(log.fault).toBeNull();
    log.close(5);
    expect(logged()).toEqual([mark(4, 'opened'), mark(5, 'closed')]);
  });
});

describe('a file of events', () => {
  test.each([
    ['ENOSPC', 'that disk is full'],
    ['EDQUOT', 'the disk quota of this user is used up'],
    ['EACCES', 'permission is denied'],
    ['EROFS', 'that file system is read-only'],
    ['EIO', 'that disk has an error'],
  ])('says once why it could not be written (%s), and goes on where it can be again', (code, reason) => {
    const path = join(folder, 'events.jsonl');
    let isFull = false;
    const write = (file: number, bytes: Buffer, from: number): number => {
      if (!isFull) return writeSync(file, bytes, from);
      if (from === 0) return writeSync(file, bytes, 0, 7); // a disk takes half a line before it is full
      throw Object.assign(new Error(`${code}: write`), { code });
    };
    const told: string[] = [];
    const file = new EventFile(path, { write, onFault: ({ message }) => told.push(message) });
    const emit = (atMs: number): void => {
      file.emit(fault(atMs));
      file.flush();
    };
    emit(1);
    isFull = true;
    emit(2);
    emit(3);
    isFull = false;
    emit(4);
    file.close();
    expect(told).toEqual([`cannot write ${path}: ${reason}`]);
    expect(file.fault?.reason).toBe(reason);
    expect(file.lost).toBe(2);
    let torn = 0;
    expect(readEvents(path, () => torn++)).toEqual([fault(1), fault(4)]);
    expect(torn).toBe(2);
  });

  test.skipIf(!existsSync(FULL))('counts what a full disk did not take, and throws nothing', () => {
    const file = new EventFile(FULL, { append: true });
    file.emit(fault(1));
    expect(file.lost).toBe(0);
    file.flush();
    expect(file.lost).toBe(1);
    for (let count = 0; count < 5000; count++) file.emit(fault(count, 'longer than most'));
    file.close();
    expect(file.lost).toBe(5001);
  });

  test('is complete after it was closed, for any amount written at once', () => {
    const path = join(folder, 'many.jsonl');
    const file = new EventFile(path);
    for (let count = 0; count < 20_000; count++) file.emit(fault(count));
    file.close();
    expect(file.lost).toBe(0);
    expect(readEvents(path).map(({ atMs }) => atMs)).toEqual(Array.from({ length: 20_000 }, (_, index) => index));
  });

  test('is appended to only on request', () => {
    const path = join(folder, 'again.jsonl');
    for (const append of [true, true, false]) {
      const file = new EventFile(path, { append });
      file.emit(fault(1));
      file.close();
      expect(readEvents(path)).toHaveLength(append ? readFileSync(path, 'utf8').split('\n').length - 1 : 1);
    }
    expect(readEvents(path)).toHaveLength(1);
  });
});
