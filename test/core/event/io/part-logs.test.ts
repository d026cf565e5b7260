import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { Event } from '../../../../core/event/event.ts';
import { eventLine } from '../../../../core/event/event-line.ts';
import { lastEvent } from '../../../../core/event/io/event-reader.ts';
import { partLogs } from '../../../../core/event/io/part-logs.ts';

const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const probe = (atMs: number, path = 'a'): Event => ({ kind: 'probe', atMs, path, rttMs: 1 });
const mark = (part: string, state: 'opened' | 'closed'): Event => ({ kind: 'log', atMs: 0, part, state, lost: 0 });
const pathOf = (part: string): string => join(folder, `${part}.jsonl`);

test('the logs of parts come out as one, in the order of time, with nothing lost and no fault', () => {
  const instants = fc
    .array(fc.integer({ min: 0, max: 1000 }), { maxLength: 20 })
    .map((all) => all.toSorted((a, b) => a - b));
  fc.assert(
    fc.property(fc.array(instants, { minLength: 1, maxLength: 5 }), instants, (logs, more) => {
      const parts = logs.map((times, index) => {
        const part = `part-${index}`;
        const events = [mark(part, 'opened'), ...times.map((atMs) => probe(atMs, part)), mark(part, 'closed')];
        writeFileSync(pathOf(part), events.map(eventLine).join(''));
        return { part, path: pathOf(part) };
      });
      const merged = [
        ...partLogs(
          parts,
          more.map((atMs) => probe(atMs)),
        ),
      ];
      expect(merged.map(({ atMs }) => atMs)).toEqual([...logs.flat(), ...more].toSorted((a, b) => a - b));
      expect(merged.every(({ kind }) => kind === 'probe')).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test('a log out of order loses nothing', () => {
  writeFileSync(pathOf('x'), [mark('x', 'opened'), probe(9), probe(3), mark('x', 'closed')].map(eventLine).join(''));
  const merged = [...partLogs([{ part: 'x', path: pathOf('x') }], [probe(5)])];
  expect(merged.map(({ atMs }) => atMs).toSorted()).toEqual([3, 5, 9]);
});

test('a log that is not there, or not closed, is a fault of its part', () => {
  writeFileSync(pathOf('y'), [mark('y', 'opened'), probe(7)].map(eventLine).join(''));
  const parts = ['y', 'none'].map((part) => ({ part, path: pathOf(part) }));
  expect([...partLogs(parts)].filter(({ kind }) => kind === 'fault')).toEqual([
    { kind: 'fault', atMs: 0, part: 'none', reason: 'logged nothing of this run' },
    { kind: 'fault', atMs: 7, part: 'y', reason: 'ended before the run did' },
  ]);
});

test('the last event of a log is read from its end', () => {
  writeFileSync(pathOf('z'), eventLine(probe(1)).repeat(40_000) + eventLine(probe(2)));
  expect(lastEvent(pathOf('z'))).toEqual(probe(2));
  writeFileSync(pathOf('z'), `${eventLine(probe(1))}{"kind":"pro`);
  expect(lastEvent(pathOf('z'))).toBeNull();
  writeFileSync(pathOf('z'), '');
  expect(lastEvent(pathOf('z'))).toBeNull();
});
