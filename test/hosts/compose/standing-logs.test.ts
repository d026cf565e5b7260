import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DiskError } from '../../../core/config/disk-error.ts';
import type { Event } from '../../../core/event/event.ts';
import { eventLine } from '../../../core/event/event-line.ts';
import { areClosed, standingLogs } from '../../../hosts/compose/io/standing-logs.ts';
import { withEnd } from '../../../hosts/with-end.ts';
import { summarise } from '../../../report/summary.ts';
import { runEvent } from '../../report/logged-run.ts';

const PARTS = ['ashburn', 'router', 'router-agent', 'load'];
const RUN = runEvent({ host: 'compose', warmUpMs: 0, durationMs: 5000, requests: 0 });
const GENERATOR: Event = {
  kind: 'generator',
  atMs: 6000,
  offered: 0,
  sent: 0,
  lagP50Ms: 0,
  lagP99Ms: 0,
  eventLoopP99Ms: 0,
  cpuMs: 1,
};

const mark = (part: string, atMs: number, state: 'opened' | 'closed', lost = 0): Event => {
  return { kind: 'log', atMs, part, state, lost };
};
const whole = (part: string): readonly Event[] => [
  mark(part, -1, 'opened'),
  ...(part === 'load' ? [GENERATOR] : []),
  mark(part, 6000, 'closed'),
];

describe('the logs of a topology', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
    for (const part of PARTS) write(part, whole(part));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const fileOf = (part: string): string => join(folder, `${part}.jsonl`);
  const write = (part: string, events: readonly Event[]): void =>
    writeFileSync(fileOf(part), events.map(eventLine).join(''));
  const result = (unwritten: DiskError | null = null): readonly string[] => {
    const logged = [RUN, ...withEnd(standingLogs(folder, PARTS, unwritten), false)];
    const { valid, runs } = summarise(logged, { machine: 'm' });
    const { invalidBecause } = runs[0]!;
    expect(valid).toBe(invalidBecause.length === 0);
    return invalidBecause;
  };

  test('are a valid run where every part opened its log once and closed it', () => {
    expect(result()).toEqual([]);
    expect(areClosed(folder, PARTS)).toBe(true);
  });

  test('say that the disk took no more where it did, and not that a part ended', () => {
    write('router', [mark('router', -1, 'opened')]);
    const full = new DiskError('/run/x/load.jsonl', 'that disk is full');
    expect(result(full)).toEqual(['router could not write all of its log: that disk is full']);
    expect(result()).toEqual(['router ended before the run did']);
  });

  test('come out in the order of time, without the marks', () => {
    const fault = (part: string, atMs: number): Event => ({ kind: 'fault', atMs, part, reason: 'r' });
    write('router', [mark('router', -1, 'opened'), fault('router', 30), mark('router', 50, 'closed')]);
    write('ashburn', [
      mark('ashburn', -1, 'opened'),
      fault('ashburn', 10),
      fault('ashburn', 40),
      mark('ashburn', 50, 'closed'),
    ]);
    expect([...standingLogs(folder, PARTS, null)].map(({ kind, atMs }) => [kind, atMs])).toEqual([
      ['fault', 10],
      ['fault', 30],
      ['fault', 40],
      ['generator', 6000],
    ]);
  });

  test.each(PARTS)('are not valid where that of %s is missing', (part) => {
    rmSync(fileOf(part));
    expect(result()).toContain(`${part} logged nothing of this run`);
    expect(areClosed(folder, PARTS)).toBe(false);
  });

  test('are not valid where one was cut short, in the middle of a line too', () => {
    write('ashburn', [mark('ashburn', -1, 'opened')]);
    expect(result()).toEqual(['ashburn ended before the run did']);
    appendFileSync(fileOf('ashburn'), '{"kind":"log","atMs":6000,"part":"ashburn","state":"clo');
    expect(result()).toEqual(['ashburn ended before the run did']);
    expect(areClosed(folder, PARTS)).toBe(false);
  });

  test('are not valid where one part was restarted, after a kill or after an orderly end', () => {
    write('router', [mark('router', -1, 'opened'), ...whole('router')]);
    expect(result()).toEqual(['router was started anew during the run']);
    write('router', [...whole('router'), ...whole('router')]);
    expect(result()).toEqual(['router was started anew during the run']);
  });

  test('are not valid where one part began to log when the run was on', () => {
    write('router', [mark('router', 3200, 'opened'), mark('router', 6000, 'closed')]);
    expect(result()).toEqual(['router began to log 3.2 s into the run']);
  });

  test('are not valid where one part could not write all of its log', () => {
    write('router-agent', [mark('router-agent', -1, 'opened'), mark('router-agent', 6000, 'closed', 17)]);
    expect(result()).toEqual(['router-agent could not write 17 events of its log']);
  });

  test('are not valid where the first mark itself was lost', () => {
    write('router-agent', [mark('router-agent', 6000, 'closed', 3)]);
    expect(result()).toContain('router-agent logged nothing of this run');
  });
});
